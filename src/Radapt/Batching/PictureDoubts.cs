using System.Collections.Concurrent;
using System.Globalization;
using Radapt.Datasets;
using Radapt.Datasets.Checks;
using Radapt.Datasets.Matching;
using Radapt.Imaging;
using Radapt.Imaging.Dicom;

namespace Radapt.Batching;

/// <summary>
/// Collects pictures that are suspicious, as they are decoded: somebody should look at them, but they may be right. Any thread may add at
/// any time.
/// </summary>
/// <param name="views">Views that are expected; null: any.</param>
/// <param name="headers">Also look at what DICOM headers say of modality, view and body part.</param>
internal sealed class PictureDoubts(ViewFilter? views = null, bool headers = false)
{
    private const int Listed = 10;

    private readonly ConcurrentDictionary<LabelledImage, DataProblemKind> _doubts = new(ReferenceEqualityComparer.Instance);
    private int _images;
    private int _blankDicom;
    private int _blankOf16Bits;

    /// <summary>Blank or nearly blank images.</summary>
    public int Blank => Count(DataProblemKind.Blank);

    /// <summary>Images with large areas of pure white or black.</summary>
    public int Saturated => Count(DataProblemKind.Saturated);

    /// <summary>All suspicious images.</summary>
    public int All => _doubts.Count;

    /// <summary>What is suspicious about an image; null: nothing.</summary>
    public DataProblemKind? Find(LabelledImage image) => _doubts.TryGetValue(image, out DataProblemKind kind) ? kind : null;

    /// <summary>What a kind means, in words.</summary>
    public static string InWords(DataProblemKind kind) => kind switch
    {
        DataProblemKind.Blank => "blank or nearly blank (98 % of the pixels are within 16 of 256 gray levels)",
        DataProblemKind.Saturated => "pure white over more than 40 % of the pixels, or pure black over more than 75 %",
        DataProblemKind.Inverted => "like the negative of a radiograph",
        DataProblemKind.OddSize => "more than three times as long as wide, or as wide as long",
        DataProblemKind.Refused => "not a single radiograph according to the header",
        DataProblemKind.OtherView => "not a frontal view according to the table or header",
        _ => "not of the chest according to the header",
    };

    /// <summary>Looks at an image.</summary>
    /// <param name="labelled">The image.</param>
    /// <param name="image">As decoded, full size.</param>
    public void Add(LabelledImage labelled, Radiograph image)
    {
        Interlocked.Increment(ref _images);
        DataProblemKind? kind = PictureProblems.Kind(image) ?? (headers || views is not null ? KindByHeader(labelled) : null);
        if (kind is { } found)
        {
            _doubts[labelled] = found;
        }

        if (kind == DataProblemKind.Blank)
        {
            if (DicomReader.IsDicomFile(labelled.Path))
            {
                Interlocked.Increment(ref _blankDicom);
            }
            else if (image.SourceBits == PngDepth.Full)
            {
                Interlocked.Increment(ref _blankOf16Bits);
            }
        }
    }

    /// <summary>Lines to show: how many of each kind, and what to do; none where nothing is wrong.</summary>
    /// <param name="listed">In what order images are listed, by what messages call them; null: they are counted only.</param>
    public IEnumerable<string> Lines(IEnumerable<LabelledImage>? listed = null)
    {
        ILookup<DataProblemKind, string>? names = listed?.Where(_doubts.ContainsKey).ToLookup(i => _doubts[i], i => i.Shown);
        foreach (DataProblemKind kind in _doubts.Values.Distinct().Order())
        {
            string list = names is null ? "" : $": {FirstFew([.. names[kind]])}";
            yield return $"{CountedImages(Count(kind))} {InWords(kind)}{list}; {string.Join("; ", Advice(kind, names is not null))}.";
        }
    }

    private DataProblemKind? KindByHeader(LabelledImage image)
    {
        FolderImage header = new FolderImage(image.Path, image.Name).WithHeader();
        string? view = ViewFilter.IsKnown(image.View) ? image.View : header.View;
        return header.Refusal is not null ? DataProblemKind.Refused
            : views?.Accepts(view) == false ? DataProblemKind.OtherView
            : header.Identity is { BodyPart: { Length: > 0 } part } && !AcceptedImages.IsChest(part) ? DataProblemKind.OtherBodyPart
            : null;
    }

    private IEnumerable<string> Advice(DataProblemKind kind, bool isListed)
    {
        if (kind == DataProblemKind.Blank && _blankDicom > 0)
        {
            yield return "the window of a DICOM file may not cover its values: fine-tune with --dicom-scale percentile, "
                + "or export the files with another window";
        }

        if (kind == DataProblemKind.Blank && _blankOf16Bits > 0)
        {
            yield return "16-bit files may use fewer bits, such as 12: fine-tune with --png-bits 12";
        }

        yield return isListed ? "suspicious.csv in the run folder lists all" : "look at them: radapt data check lists them";
    }

    private int Count(DataProblemKind kind) => _doubts.Values.Count(k => k == kind);

    private static string FirstFew(string[] names) =>
        string.Join("; ", names.Take(Listed)) + (names.Length > Listed ? $" and {names.Length - Listed} more" : "");

    private string CountedImages(int count) => string.Create(CultureInfo.InvariantCulture,
        $"{count:N0} of {Plural.Count(_images, "image")} {(count == 1 ? "is" : "are")}");
}
