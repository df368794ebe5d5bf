using Radapt.Datasets.Tables;

namespace Radapt.Datasets.Matching;

/// <summary>Rows and the images they mean become located rows; what does not, is counted.</summary>
/// <param name="file">The table.</param>
/// <param name="views">The views that are used.</param>
/// <param name="images">The images that rows mean by index, their headers read.</param>
internal sealed class RowJoin(string file, ViewFilter views, IReadOnlyList<FolderImage> images)
{
    private readonly List<LabelRow> _missing = [];
    private readonly List<int> _ambiguous = [];
    private readonly List<(LabelRow Row, FolderImage Image)> _refused = [];
    private readonly HashSet<int> _meant = [];
    private int _rows;
    private int _otherViews;
    private int _unknownViews;

    /// <summary>Rows that mean no file.</summary>
    public IReadOnlyList<LabelRow> Missing => _missing;

    /// <summary>Rows whose only images are refused, and the first of those.</summary>
    public IReadOnlyList<(LabelRow Row, FolderImage Image)> Refused => _refused;

    /// <summary>Whether a row means the image of this index.</summary>
    public bool Means(int image) => _meant.Contains(image);

    /// <summary>A view as the table states it, else as the header does.</summary>
    public static string? View(string? ofTable, FolderImage image) => ViewFilter.IsKnown(ofTable) ? ofTable : image.View;

    /// <summary>Adds a row; what comes out is a row for each of its images that is a radiograph of a wanted view.</summary>
    public IReadOnlyList<LocatedRow> Add(LabelRow row, IReadOnlyList<int> found)
    {
        _rows++;
        _meant.UnionWith(found);
        FolderImage[] radiographs = [.. found.Select(i => images[i]).Where(i => i.Refusal is null)];
        FolderImage[] used = [.. radiographs.Where(i => views.Accepts(View(row.View, i)))];
        if (found.Count == 0)
        {
            _missing.Add(row);
        }
        else if (radiographs.Length == 0)
        {
            _refused.Add((row, images[found[0]]));
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
        return [.. used.Select((image, i) => new LocatedRow(Completed(row, image), file, image.Path, Exists: true)
        {
            Share = (i + 1, used.Length),
            HeaderPatient = image.Patient,
        })];
    }

    /// <summary>How it went.</summary>
    /// <param name="isListed">The images are all that there are, so that those without a row count.</param>
    public MatchReport Report(bool isListed)
    {
        return new MatchReport
        {
            Rows = _rows,
            WithoutFile = [.. _missing.Select(r => r.Line)],
            Ambiguous = _ambiguous,
            Refused = [.. _refused.Select(r => (r.Row.Line, r.Image.Refusal!))],
            OtherViews = _otherViews,
            UnknownViews = _unknownViews,
            Files = isListed ? images.Count : null,
            FilesWithoutRow = isListed ? images.Count - _meant.Count : 0,
            RefusedFiles = [.. images.Where(i => i.Refusal is not null).Select(i => (i.Refusal!, i.Name))],
        };
    }

    /// <summary>
    /// A row with what its image's header says where the table does not; whose image it is, <see cref="PatientSource"/> decides for all.
    /// </summary>
    public static LabelRow Completed(LabelRow row, FolderImage image) =>
        row with
        {
            Name = image.Name,
            Study = row.Study ?? image.Study,
            View = View(row.View, image),
        };
}
