namespace Radapt.Datasets.Tables;

/// <summary>A row of a label table or split list, before its image is looked for.</summary>
/// <param name="Line">Line in the file, from 1.</param>
/// <param name="Name">Image name as written.</param>
/// <param name="Patient">Null where unknown.</param>
/// <param name="Split"><c>train</c>, <c>val</c> or <c>test</c>; null where the row has none.</param>
/// <param name="Labels">1, 0 or -1 per finding.</param>
internal sealed record LabelRow(int Line, string Name, string? Patient, string? Split, sbyte[] Labels)
{
    /// <summary>The examination; null where unknown.</summary>
    public string? Study { get; init; }

    /// <summary>View position as the source writes it, such as <c>PA</c>; null where unknown.</summary>
    public string? View { get; init; }

    /// <summary>The fold as the table writes it; null: it does not.</summary>
    public string? Fold { get; init; }

    /// <summary>The value in the column that was asked for; see <see cref="DataOptions.GroupColumn"/>.</summary>
    public string? Group { get; init; }
}
