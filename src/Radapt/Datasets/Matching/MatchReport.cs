namespace Radapt.Datasets.Matching;

/// <summary>How the rows of a label table met their files.</summary>
internal sealed record MatchReport
{
    private const int Named = 5;

    /// <summary>Rows with labels.</summary>
    public required int Rows { get; init; }

    /// <summary>Lines of rows without a file.</summary>
    public required IReadOnlyList<int> WithoutFile { get; init; }

    /// <summary>How many of these have nothing in the column that names the image.</summary>
    public int EmptyCells { get; init; }

    /// <summary>Lines of rows that match several images.</summary>
    public required IReadOnlyList<int> Ambiguous { get; init; }

    /// <summary>Lines of rows whose only images were refused, and why.</summary>
    public required IReadOnlyList<(int Line, string Reason)> Refused { get; init; }

    /// <summary>Rows whose only images are of other views.</summary>
    public required int OtherViews { get; init; }

    /// <summary>Images that are used and do not state their view.</summary>
    public required int UnknownViews { get; init; }

    /// <summary>Image files below the image root; null: they were not listed, since the table names them.</summary>
    public required int? Files { get; init; }

    /// <summary>Files that no row means.</summary>
    public required int FilesWithoutRow { get; init; }

    /// <summary>Files that were refused, by reason, with their paths below the image root, which may be patients' names.</summary>
    public required IReadOnlyList<(string Reason, string File)> RefusedFiles { get; init; }

    /// <summary>Rows that mean at least one file.</summary>
    public int Matched => Rows - WithoutFile.Count;

    /// <summary>Line numbers as people read them.</summary>
    public static string Lines(IReadOnlyList<int> lines) =>
        $"line{(lines.Count == 1 ? "" : "s")} {string.Join(", ", lines.Take(Named))}{(lines.Count > Named ? ", …" : "")}";

    /// <summary>What to print.</summary>
    /// <param name="table">The table, and how it was matched.</param>
    /// <param name="views">The views that were asked for.</param>
    /// <param name="plainNames">Refused files are shown by their names; else they are counted.</param>
    /// <param name="isCheck">They are printed by <c>radapt data check</c>, which names the files itself.</param>
    public IEnumerable<string> Notes(string table, string views, bool plainNames, bool isCheck)
    {
        if (Files is { } files)
        {
            string several = Ambiguous.Count == 0 ? "0 rows match several images"
                : $"{Plural.Count(Ambiguous.Count, "row")} match several images, all of which they label (--study-labels)";
            yield return $"{table}: {Matched} of {Rows} rows matched; {Plural.Count(WithoutFile.Count, "row")} without a "
                + $"file{(WithoutFile.Count > 0 ? $" ({Lines(WithoutFile)}{(EmptyCells > 0 ? $"; {EmptyCells} with an empty cell" : "")})" : "")}; "
                + $"{FilesWithoutRow} of {Plural.Count(files, "file")} without a row; {several}.";
        }

        if (RefusedFiles.Count > 0)
        {
            string[] kinds = [.. RefusedFiles.GroupBy(f => f.Reason).OrderBy(g => g.Key, StringComparer.Ordinal)
                .Select(g =>
                    $"{g.Count()} "
                        + $"{g.Key}{(plainNames ? $" ({string.Join(", ", g.Take(3).Select(f => f.File))}{(g.Count() > 3 ? ", …" : "")})" : "")}")];
            string rows = Refused.Count == 0 ? "no row refers to them"
                : $"{Plural.Count(Refused.Count, "row")} without an image for this reason ({Lines([.. Refused.Select(r => r.Line)])})";
            yield return $"refused, because they are not radiographs or cannot be read: {string.Join(", ", kinds)}; {rows}"
                + $"{(plainNames || isCheck ? "" : " (radapt data check -o FILE.csv names the files)")}.";
        }

        if (OtherViews > 0)
        {
            yield return $"{Plural.Count(OtherViews, "row")} with views other than --views {views} dropped (lateral, oblique, …); --views all keeps them.";
        }

        if (UnknownViews > 0)
        {
            yield return $"{Plural.Count(UnknownViews, "image")} with an unknown view kept (neither the table nor the header states it).";
        }
    }
}
