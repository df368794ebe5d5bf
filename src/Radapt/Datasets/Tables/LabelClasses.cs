using System.Globalization;

namespace Radapt.Datasets.Tables;

/// <summary>Class numbers turned into findings: two kept classes make one finding (the second), more make one finding each.</summary>
internal static class LabelClasses
{
    /// <summary>
    /// The kept classes, the names of the findings, and the labels of every row whose class is kept; null where the row is dropped.
    /// </summary>
    /// <param name="classes">A class per row; null where the cell is empty.</param>
    /// <param name="source">File and column, for messages.</param>
    /// <param name="stem">What findings are named after: <c>stem_2</c> is class 2.</param>
    /// <param name="options">Classes to keep and names to use.</param>
    public static (IReadOnlyList<int> Kept, IReadOnlyList<string> Findings, sbyte[]?[] Labels) ToFindings(
        IReadOnlyList<int?> classes, string source, string stem, DataOptions options)
    {
        int[] present = [.. classes.OfType<int>().Distinct().Order()];
        int[] kept = options.KeepClasses.Count > 0 ? [.. options.KeepClasses] : present;
        if (kept.Distinct().Count() != kept.Length)
        {
            throw new RadaptException($"--keep-classes {string.Join(',', kept)} names a class twice.");
        }

        if (kept.Length < 2)
        {
            throw new RadaptException(options.KeepClasses.Count > 0
                ? $"--keep-classes {kept[0]} leaves a single class: name two or more, such as --keep-classes 0,1."
                : $"{source} contains {(kept.Length == 0 ? "no class" : $"only class {kept[0]}")}: two or more classes are needed.");
        }

        if (!kept.Intersect(present).Any())
        {
            throw new RadaptException(
                $"{source} contains none of the classes {string.Join(',', kept)} (it has {string.Join(", ", present.Take(20))}).");
        }

        string[] findings = Name(kept, stem, options.Findings);
        var labels = new sbyte[]?[classes.Count];
        for (int i = 0; i < labels.Length; i++)
        {
            int position = classes[i] is { } number ? Array.IndexOf(kept, number) : -1;
            labels[i] = position < 0 ? null
                : kept.Length == 2 ? [(sbyte)position]
                : [.. Enumerable.Range(0, kept.Length).Select(k => (sbyte)(k == position ? 1 : 0))];
        }

        return (kept, findings, labels);
    }

    /// <summary>The class number in a cell.</summary>
    public static int Parse(ReadOnlySpan<char> cell, string where) =>
        int.TryParse(cell, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number)
            ? number
            : throw new RadaptException($"{where}: {ShownCell.Quote(cell)} is not a class number: write an integer.");

    private static string[] Name(int[] kept, string stem, IReadOnlyList<string> asked)
    {
        int count = kept.Length == 2 ? 1 : kept.Length;
        if (asked.Count > 0 && asked.Count != count)
        {
            throw new RadaptException(
                $"--findings names {asked.Count}, but the classes {string.Join(',', kept)} make {count} "
                    + $"finding{(count == 1 ? " (the second class)" : "s")}.");
        }

        return asked.Count > 0 ? [.. asked]
            : count == 1 ? [$"{stem}_{kept[1]}"]
            : [.. kept.Select(k => $"{stem}_{k}")];
    }
}
