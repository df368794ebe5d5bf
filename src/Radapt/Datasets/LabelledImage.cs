namespace Radapt.Datasets;

/// <summary>One image and what is known about it.</summary>
/// <param name="Name">The name as the table or list writes it.</param>
/// <param name="Path">Absolute path of the image file.</param>
/// <param name="Patient">Whose image it is; null where the table does not say.</param>
/// <param name="Labels">One label per finding: 1 present, 0 absent, -1 unknown (masked out of loss and metrics).</param>
public sealed record LabelledImage(string Name, string Path, string? Patient, IReadOnlyList<sbyte> Labels)
{
    /// <summary>The examination the image belongs to, unique within its data set; null where unknown.</summary>
    public string? Study { get; init; }

    /// <summary>Its line in the table or list, from 1; 0: unknown.</summary>
    public int Line { get; init; }

    /// <summary>View position as the source writes it, such as <c>PA</c> or <c>Lateral</c>; null where unknown.</summary>
    public string? View { get; init; }

    /// <summary>The image's value in the column that was asked for; null: none was, or the cell is empty.</summary>
    internal string? Group { get; init; }

    /// <summary>
    /// What messages call the image: its name, or the row of the table where the data knows patients, after whom files are often named.
    /// </summary>
    public string Shown { get => field ?? Name; init; }

    /// <summary>An error in reading the image, with its path or, where names are hidden, with <see cref="Shown"/>.</summary>
    internal RadaptException Reported(RadaptException error) => Shown == Name ? error : error.At(Shown);
}
