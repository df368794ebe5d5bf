namespace Radapt.Datasets;

/// <summary>Checks of rows against each other and against the disk.</summary>
internal static class RowChecks
{
    /// <summary>The largest share of rows without an image that is left out without asking.</summary>
    public const double MostMissing = 0.05;

    /// <summary>Refuses images and patients that are in two splits: what was learned from would be measured.</summary>
    public static void Overlap(IReadOnlyList<List<LocatedRow>> parts, DataOptions o, ICollection<string> notes)
    {
        Refuse("image", Shared(parts, r => r.Path, r => r.Shown));
        // never who it is
        Refuse("patient", Shared(parts, r => r.Row.Patient, r => $"that of {Path.GetFileName(r.File)} line {r.Row.Line}"));

        void Refuse(string what, List<string> shared)
        {
            if (shared.Count == 0)
            {
                return;
            }

            string said = $"{shared.Count} {what}{(shared.Count == 1 ? " is" : "s are")} in two splits ({FirstFew(shared, 3)})";
            if (!o.AllowOverlap)
            {
                throw new RadaptException($"{said}: put each {what} in one split, or pass --allow-overlap.");
            }

            notes.Add($"{said}; allowed by --allow-overlap.");
        }
    }

    /// <summary>Drops rows that repeat an earlier one of the same split.</summary>
    /// <exception cref="RadaptException">An image is listed twice with different labels.</exception>
    public static List<LocatedRow> WithoutRepeats(List<LocatedRow> rows, ICollection<string> notes)
    {
        var first = new Dictionary<string, LocatedRow>(rows.Count, StringComparer.Ordinal);
        var kept = new List<LocatedRow>(rows.Count);
        var repeated = new List<string>();
        foreach (LocatedRow row in rows)
        {
            if (first.TryAdd(row.Path, row))
            {
                kept.Add(row);
            }
            else if (first[row.Path].Row.Labels.AsSpan().SequenceEqual(row.Row.Labels))
            {
                repeated.Add(row.Shown);
            }
            else
            {
                throw new RadaptException(
                    $"{row.File}: lines {first[row.Path].Row.Line} and {row.Row.Line} give {(row.IsPrivate ? "one image" : row.Row.Name)} "
                        + "different labels: keep the line that is right.");
            }
        }

        if (repeated.Count > 0)
        {
            notes.Add(
                $"{rows[0].File}: {Plural.Count(repeated.Count, "repeated row")} with the same image and labels {(repeated.Count == 1 ? "was" : "were")} "
                    + $"left out ({FirstFew(repeated, 3)}).");
        }

        return kept;
    }

    /// <summary>Notes rows without an image file; refuses more than 5 % of them.</summary>
    public static void Missing(IReadOnlyList<LocatedRow> rows, DataOptions o, ICollection<string> notes)
    {
        string[] missing = [.. rows.Where(r => !r.Exists).Select(r => r.Shown)];
        if (missing.Length == 0)
        {
            return;
        }

        string said = $"{missing.Length} of {rows.Count} rows {(missing.Length == 1 ? "has" : "have")} no image";
        if (missing.Length > MostMissing * rows.Count && !o.AllowMissingImages)
        {
            throw new RadaptException(
                $"{said} ({FirstFew(missing, 5)}){(rows[0].IsPrivate ? "" : $": looked for {rows.First(r => !r.Exists).Path}")}; set "
                    + "--image-root, or leave them out with --allow-missing-images.");
        }

        notes.Add($"{said} and {(missing.Length == 1 ? "was" : "were")} left out: {FirstFew(missing, 5)}.");
    }

    private static List<string> Shared(IReadOnlyList<List<LocatedRow>> parts, Func<LocatedRow, string?> key, Func<LocatedRow, string> name)
    {
        var firstPart = new Dictionary<string, int>(StringComparer.Ordinal);
        var told = new HashSet<string>(StringComparer.Ordinal);
        var shared = new List<string>();
        for (int p = 0; p < parts.Count; p++)
        {
            foreach (LocatedRow row in parts[p])
            {
                if (key(row) is { } k && !firstPart.TryAdd(k, p) && firstPart[k] != p && told.Add(k))
                {
                    shared.Add($"{name(row)} in {Split.Names[firstPart[k]]} and {Split.Names[p]}");
                }
            }
        }

        return shared;
    }

    private static string FirstFew(IReadOnlyList<string> names, int count) =>
        string.Join(", ", names.Take(count)) + (names.Count > count ? ", …" : "");
}
