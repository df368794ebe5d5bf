namespace Radapt.Datasets;

/// <summary>Rows and the images they mean become located rows; what does not, is counted.</summary>
/// <param name="file">The table.</param>
/// <param name="views">The views that are used.</param>
/// <param name="images">The images that rows mean by index, their headers read.</param>
/// <param name="isNamed">The table names its files; else names are relative paths, which messages do not show.</param>
internal sealed class RowJoin(string file, ViewFilter views, IReadOnlyList<FolderImage> images, bool isNamed)
{
    private readonly List<int> _missing = [];
    private readonly List<int> _ambiguous = [];
    private readonly List<(int Line, string Reason)> _refused = [];
    private readonly HashSet<int> _meant = [];
    private readonly HashSet<string> _patients = [];
    private int _rows;
    private int _otherViews;
    private int _unknownViews;

    /// <summary>A view as the table states it, else as the header does.</summary>
    public static string? View(string? ofTable, FolderImage image) => ViewFilter.IsKnown(ofTable) ? ofTable : image.View;

    /// <summary>Adds a row; what comes out is a row for each of its images that is a radiograph of a wanted view.</summary>
    public IReadOnlyList<LocatedRow> Add(LabelRow row, IReadOnlyList<int> found)
    {
        _rows++;
        _meant.UnionWith(found);
        if (row.Patient is not null)
        {
            _patients.Add(row.Patient);
        }

        FolderImage[] radiographs = [.. found.Select(i => images[i]).Where(i => i.Refusal is null)];
        FolderImage[] used = [.. radiographs.Where(i => views.Accepts(View(row.View, i)))];
        if (found.Count == 0)
        {
            _missing.Add(row.Line);
        }
        else if (radiographs.Length == 0)
        {
            _refused.Add((row.Line, images[found[0]].Refusal!));
        }
        else if (used.Length == 0)
        {
            _otherViews++;
        }
        else if (used.Length > 1)
        {
            _ambiguous.Add(row.Line);
        }

        _unknownViews += used.Count(i => !ViewFilter.IsKnown(View(row.View, i)));
        return [.. used.Select(i => new LocatedRow(Completed(row, i), file, i.Path, Exists: true) { IsPrivate = !isNamed || i.Identity is not null })];
    }

    /// <summary>How it went.</summary>
    /// <param name="isListed">The images are all that there are, so that those without a row count.</param>
    public MatchReport Report(bool isListed)
    {
        var names = new PatientNames(images.Select(i => i.Identity).OfType<Imaging.Dicom.DicomIdentity>(), _patients);
        return new MatchReport
        {
            Rows = _rows,
            WithoutFile = _missing,
            Ambiguous = _ambiguous,
            Refused = _refused,
            OtherViews = _otherViews,
            UnknownViews = _unknownViews,
            Files = isListed ? images.Count : null,
            FilesWithoutRow = isListed ? images.Count - _meant.Count : 0,
            RefusedFiles = [.. images.Where(i => i.Refusal is not null).Select(i => (i.Refusal!, names.Hide(i.Name)))],
        };
    }

    private static LabelRow Completed(LabelRow row, FolderImage image) =>
        row with { Name = image.Name, Patient = row.Patient ?? image.Patient, Study = row.Study ?? image.Study, View = View(row.View, image) };
}
