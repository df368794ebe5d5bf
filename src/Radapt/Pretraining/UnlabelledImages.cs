using System.Globalization;
using System.IO.Hashing;
using System.Text;
using Radapt.Datasets;
using Radapt.Datasets.Matching;
using Radapt.Inference;

namespace Radapt.Pretraining;

/// <summary>
/// Images without labels, those that are no frontal radiographs left out, and a part of them held out. The images of a patient are in one
/// part, where headers or names tell patients.
/// </summary>
/// <param name="Train">Images to learn from.</param>
/// <param name="HeldOut">Images whose loss is measured; may be empty.</param>
/// <param name="LeftOut">Files that were left out, by reason.</param>
/// <param name="Notes">Lines to show.</param>
internal sealed record UnlabelledImages(
    LabelledImages Train, LabelledImages HeldOut, IReadOnlyDictionary<string, int> LeftOut, IReadOnlyList<string> Notes)
{
    private const int Fewest = 2;
    private const string Excluded = "listed by --exclude";
    private const string InTest = "in the table's test split";
    private const string WithoutSplit = "without a split, where other rows have one";

    /// <summary>The images as one set of two parts, as fine-tuning has them.</summary>
    public DataSplits AsSplits => new(Train, HeldOut, null, Notes);

    /// <summary>Finds images and reads their headers; nothing is decoded.</summary>
    /// <param name="options">Where images are, and which are held out.</param>
    /// <param name="views">Views to use; empty: frontal.</param>
    /// <param name="plainNames">Messages show the names of DICOM files.</param>
    /// <param name="seed">Of the draw of held-out images.</param>
    /// <param name="headers">Told how many headers were read, of how many; calls come from several threads.</param>
    /// <exception cref="RadaptException">There are no images to learn from.</exception>
    public static UnlabelledImages Find(UnlabelledOptions options, IReadOnlyList<string> views, bool plainNames, long seed,
        IProgress<(int Read, int Files)>? headers)
    {
        if (options.Images.Count == 0)
        {
            throw new RadaptException("There are no images to learn from; name folders, files or patterns: radapt pretrain mae IMAGES.");
        }

        FoundImages found = ImagePaths.Find(options.Images);
        ExcludedImages excluded = ExcludedImages.Read(options.Exclude);
        var rules = new AcceptedImages { Views = views.Count == 0 ? ["frontal"] : views };
        (FolderImage File, string? Reason)[] looked = Look(found.Paths, excluded, rules, headers);
        SortedDictionary<string, int> leftOut = Reasons(looked.Select(l => l.Reason));
        LabelledImage[] images = [.. looked.Index().Where(l => l.Item.Reason is null).Select(l => Image(l.Item.File, l.Index, plainNames))];
        if (images.Length < Fewest)
        {
            throw new RadaptException($"There are too few images to learn from ({images.Length} of {Plural.Count(looked.Length, "file")})"
                + (leftOut.Count == 0 ? "." : $": {Listed(leftOut)}."));
        }

        (LabelledImage[] train, LabelledImage[] heldOut) = Divide(images, options.HeldOut.Fraction, seed);
        string[] notes =
        [
            .. new[] { found.PassedOver.Line() }.OfType<string>(), .. LeftOutNotes(leftOut, options, excluded), HeldOutNote(train, heldOut),
        ];
        return new UnlabelledImages(new LabelledImages([], train), new LabelledImages([], heldOut), leftOut, notes);
    }

    /// <summary>
    /// The images of a table with reports. Where the table has splits, <c>train</c> is learned from, <c>val</c> is held out, and
    /// <c>test</c> is left out; otherwise images are held out by their share.
    /// </summary>
    /// <param name="records">Images with reports.</param>
    /// <param name="options">Which images are held out.</param>
    /// <param name="data">Views, and whether messages show names.</param>
    /// <param name="seed">Of the draw of held-out images.</param>
    /// <param name="headers">Told how many headers were read, of how many; calls come from several threads.</param>
    /// <param name="notes">Lines that reading the table left.</param>
    /// <exception cref="RadaptException">There are too few images to learn from.</exception>
    public static UnlabelledImages FromRecords(IReadOnlyList<ReportedImage> records, UnlabelledOptions options, DataOptions data, long seed,
        IProgress<(int Read, int Files)>? headers, IEnumerable<string> notes)
    {
        ExcludedImages excluded = ExcludedImages.Read(options.Exclude);
        var rules = new AcceptedImages { Views = data.Views.Count == 0 ? ["frontal"] : data.Views };
        bool hasSplits = records.Any(r => r.Split is not null);
        (FolderImage File, string? Reason)[] looked = Look([.. records.Select(r => r.Image.Path)], excluded, rules, headers);
        (ReportedImage Record, LabelledImage Image, string? Reason)[] images = [.. records.Zip(looked, (record, look) => (record,
            record.Image with { Patient = record.Image.Patient ?? look.File.Patient ?? ExcludedImages.PatientOf(record.Image.Path) },
            look.Reason ?? (hasSplits && record.Split is null ? WithoutSplit : record.Split == Split.Names[2] ? InTest : null)))];
        SortedDictionary<string, int> leftOut = Reasons(images.Select(i => i.Reason));
        (ReportedImage Record, LabelledImage Image, string? Reason)[] used = [.. images.Where(i => i.Reason is null)];
        (LabelledImage[] train, LabelledImage[] heldOut) = !hasSplits
            ? Divide([.. used.Select(u => u.Image)], options.HeldOut.Fraction, seed)
            : ([.. used.Where(u => u.Record.Split == Split.Names[0]).Select(u => u.Image)],
                [.. used.Where(u => u.Record.Split == Split.Names[1]).Select(u => u.Image).Take(UnlabelledOptions.MostHeldOut)]);
        if (train.Length < Fewest)
        {
            throw new RadaptException($"There are too few images to learn from ({train.Length} of {Plural.Count(records.Count, "row")})"
                + (leftOut.Count == 0 ? "." : $": {Listed(leftOut)}."));
        }

        return new UnlabelledImages(new LabelledImages([], train), new LabelledImages([], heldOut), leftOut,
            [.. notes, .. LeftOutNotes(leftOut, options, excluded), HeldOutNote(train, heldOut)]);
    }

    /// <summary>The same without some images.</summary>
    /// <exception cref="RadaptException">Too few are left.</exception>
    public UnlabelledImages Without(Func<LabelledImage, bool> isLeftOut, string reason)
    {
        LabelledImage[] train = [.. Train.Items.Where(i => !isLeftOut(i))];
        LabelledImage[] heldOut = [.. HeldOut.Items.Where(i => !isLeftOut(i))];
        int count = Train.Items.Count + HeldOut.Items.Count - train.Length - heldOut.Length;
        return count == 0 ? this
            : train.Length < Fewest ? throw new RadaptException($"There are too few images to learn from: {count} are left out: {reason}.")
            : this with
            {
                Train = Train with { Items = train },
                HeldOut = HeldOut with { Items = heldOut },
                LeftOut = new SortedDictionary<string, int>(LeftOut.ToDictionary(), StringComparer.Ordinal) { [reason] = count },
            };
    }

    private static (FolderImage File, string? Reason)[] Look(
        IReadOnlyList<string> paths, ExcludedImages excluded, AcceptedImages rules, IProgress<(int Read, int Files)>? headers)
    {
        var looked = new (FolderImage, string?)[paths.Count];
        int read = 0;
        Parallel.For(0, paths.Count, i =>
        {
            var file = new FolderImage(Path.GetFullPath(paths[i]), paths[i]);
            if (excluded.Has(file.Path))
            {
                looked[i] = (file, Excluded);
            }
            else
            {
                file = file.WithHeader();
                looked[i] = (file, file.IsUnreadable ? "a header that cannot be read" : rules.Refusal(file));
            }

            headers?.Report((Interlocked.Increment(ref read), paths.Count));
        });
        return looked;
    }

    // DICOM files are often named after patients; their place in the order of paths is as good a name.
    private static LabelledImage Image(FolderImage file, int index, bool plainNames)
    {
        bool isDicom = file.Identity is not null;
        string name = isDicom && !plainNames ? string.Create(CultureInfo.InvariantCulture, $"file {index + 1}")
            : Path.GetFileName(file.Name);
        return new LabelledImage(name, file.Path, file.Patient ?? ExcludedImages.PatientOf(file.Path), []) { View = file.View };
    }

    // Whole patients in the order of a hash, so that the draw depends on the seed and on nothing that a thread decides.
    private static (LabelledImage[] Train, LabelledImage[] HeldOut) Divide(LabelledImage[] images, double share, long seed)
    {
        int wanted = share <= 0 ? 0 : Math.Clamp((int)Math.Round(share * images.Length), 1, UnlabelledOptions.MostHeldOut);
        var heldOut = new HashSet<string>(StringComparer.Ordinal);
        int drawn = 0;
        foreach (IGrouping<string, LabelledImage> patient in images.GroupBy(Group).OrderBy(g => Rank(g.Key, seed)))
        {
            if (drawn >= wanted || images.Length - drawn - patient.Count() < Fewest)
            {
                break;
            }

            heldOut.Add(patient.Key);
            drawn += patient.Count();
        }

        return ([.. images.Where(i => !heldOut.Contains(Group(i)))], [.. images.Where(i => heldOut.Contains(Group(i)))]);
    }

    // By name, not by path: the same images give the same draw wherever they are, also when a run is resumed after they were moved.
    private static string Group(LabelledImage image) => image.Patient ?? image.Name;

    private static ulong Rank(string patient, long seed) => XxHash64.HashToUInt64(Encoding.UTF8.GetBytes(patient), seed);

    private static string ExclusionNote(SortedDictionary<string, int> leftOut, ExcludedImages excluded) => string.Create(
        CultureInfo.InvariantCulture,
        $"--exclude: {leftOut.GetValueOrDefault(Excluded):N0} images left out by {Plural.Count(excluded.Names, "name")}.");

    private static string HeldOutNote(LabelledImage[] train, LabelledImage[] heldOut)
    {
        int known = heldOut.Count(i => i.Patient is not null);
        string patients = known == 0 ? "files, since neither headers nor names tell patients"
            : $"images of {Plural.Count(heldOut.Where(i => i.Patient is not null).Select(i => i.Patient).Distinct().Count(), "patient")}"
                + (known < heldOut.Length ? $", {heldOut.Length - known} of unknown ones" : "");
        return heldOut.Length == 0 ? $"no images are held out; {train.Length:N0} are learned from."
            : string.Create(CultureInfo.InvariantCulture,
                $"{train.Length:N0} images are learned from; {heldOut.Length:N0} are held out ({patients}).");
    }

    private static SortedDictionary<string, int> Reasons(IEnumerable<string?> reasons) =>
        new(reasons.OfType<string>().GroupBy(r => r).ToDictionary(g => g.Key, g => g.Count()), StringComparer.Ordinal);

    private static IEnumerable<string> LeftOutNotes(
        SortedDictionary<string, int> leftOut, UnlabelledOptions options, ExcludedImages excluded) =>
    [
        .. options.Exclude.Count == 0 ? Array.Empty<string>() : [ExclusionNote(leftOut, excluded)],
        .. leftOut.Where(l => l.Key != Excluded).Select(l => $"{Plural.Count(l.Value, "file")} left out: {l.Key}."),
    ];

    private static string Listed(IReadOnlyDictionary<string, int> leftOut) => string.Join(", ", leftOut.Select(l => $"{l.Value} {l.Key}"));
}
