namespace Radapt.Datasets.Published;

/// <summary>
/// Findings of the COVID-19 Image Data Collection. Its tables write them as paths (<c>Pneumonia/Viral/COVID-19</c>) or, in older versions,
/// by
/// the last name alone, several separated by commas; either way a finding brings those above it along.
/// </summary>
internal static class CovidFindings
{
    private static readonly Dictionary<string, string?> s_above = new(StringComparer.Ordinal)
    {
        ["Pneumonia"] = null,
        ["Viral"] = "Pneumonia",
        ["COVID-19"] = "Viral",
        ["SARS"] = "Viral",
        ["MERS-CoV"] = "Viral",
        ["Influenza"] = "Viral",
        ["H1N1"] = "Influenza",
        ["Varicella"] = "Viral",
        ["Herpes"] = "Viral",
        ["Bacterial"] = "Pneumonia",
        ["Streptococcus"] = "Bacterial",
        ["Klebsiella"] = "Bacterial",
        ["Legionella"] = "Bacterial",
        ["Mycoplasma"] = "Bacterial",
        ["Chlamydophila"] = "Bacterial",
        ["E.Coli"] = "Bacterial",
        ["Nocardia"] = "Bacterial",
        ["Staphylococcus"] = "Bacterial",
        ["MRSA"] = "Staphylococcus",
        ["Fungal"] = "Pneumonia",
        ["Pneumocystis"] = "Fungal",
        ["Aspergillosis"] = "Fungal",
        ["Lipoid"] = "Pneumonia",
        ["Aspiration"] = "Pneumonia",
        ["ARDS"] = null,
        ["Tuberculosis"] = null,
        ["No Finding"] = null,
    };

    // Rows that nobody has read yet.
    private static readonly string[] s_unread = ["", "todo", "Unknown"];

    /// <summary>All names.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. s_above.Keys];

    /// <summary>0 or 1 for each of <see cref="Names"/>; null where the cell says that the finding is not known.</summary>
    /// <param name="cell">The cell.</param>
    /// <param name="unknown">Makes the error for a name that there is none of.</param>
    public static sbyte[]? Parse(string cell, Func<string, RadaptException> unknown)
    {
        if (s_unread.Contains(cell, StringComparer.OrdinalIgnoreCase))
        {
            return null;
        }

        var labels = new sbyte[Names.Count];
        foreach (string name in cell.Split([',', '/'], StringSplitOptions.TrimEntries))
        {
            if (!s_above.ContainsKey(name))
            {
                throw unknown(name);
            }

            for (string? at = name; at is not null; at = s_above[at])
            {
                labels[Names.ToList().IndexOf(at)] = 1;
            }
        }

        return labels;
    }
}
