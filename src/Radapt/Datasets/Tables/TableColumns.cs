namespace Radapt.Datasets.Tables;

/// <summary>Where a label table has what is no finding; -1: nowhere.</summary>
/// <param name="Image">What names the image: a file, or what its header has.</param>
/// <param name="Patient">Whose image it is.</param>
/// <param name="Split"><c>train</c>, <c>val</c> or <c>test</c>.</param>
/// <param name="View">Projection.</param>
/// <param name="Study">The examination.</param>
internal sealed record TableColumns(int Image, int Patient, int Split, int View, int Study)
{
    /// <summary>Finds them by their names, in which case, spaces, dashes and underscores do not matter.</summary>
    public static TableColumns Find(CsvCells cells) => new(
        Find(cells, "image"), Find(cells, "patient", "patientid"), Find(cells, "split"), Find(cells, "view", "viewposition"),
            Find(cells, "study", "studyinstanceuid"));

    /// <summary>All of them, so that none is taken for a finding.</summary>
    public IReadOnlyList<int> All => [Image, Patient, Split, View, Study];

    private static int Find(CsvCells cells, params string[] names)
    {
        string[] header = [.. cells.Header.Select(h => string.Concat(h.Where(c => c is not (' ' or '_' or '-'))))];
        return names.Select(n => Array.FindIndex(header, h => h.Equals(n, StringComparison.OrdinalIgnoreCase)))
            .FirstOrDefault(i => i >= 0, -1);
    }
}
