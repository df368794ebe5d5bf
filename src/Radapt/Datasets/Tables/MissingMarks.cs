namespace Radapt.Datasets.Tables;

/// <summary>What data frames and statistics programs write into a cell that has no value.</summary>
internal static class MissingMarks
{
    // Those that pandas reads as missing, R's, and the dot of SAS and Stata.
    private static readonly HashSet<string> s_marks = new(StringComparer.OrdinalIgnoreCase)
    {
        "NA", "N/A", "#N/A", "#NA", "#N/A N/A", "<NA>", "NaN", "-NaN", "NULL", "None", "NaT", "1.#IND", "-1.#IND", "1.#QNAN",
            "-1.#QNAN", ".",
    };

    /// <summary>Whether a cell says that there is no value.</summary>
    public static bool IsMark(string cell) => s_marks.Contains(cell);
}
