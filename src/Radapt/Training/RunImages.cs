using Radapt.Batching;
using Radapt.Datasets;
using Radapt.Datasets.Splits;
using Radapt.Imaging;
using Radapt.Imaging.Dicom.Codecs;
using Radapt.Recipes;
using Radapt.Runs;

namespace Radapt.Training;

/// <summary>
/// The images of a run as batches. Those that cannot be read are left out once a look at all pixels, or an earlier session, has told them.
/// </summary>
internal sealed class RunImages
{
    private readonly Recipe _recipe;
    private readonly List<string> _notes = [];

    /// <param name="recipe">Resolved.</param>
    /// <param name="data">All images.</param>
    /// <param name="preprocessing">What the network expects.</param>
    /// <param name="cache">Decoded images on disk; null: none.</param>
    /// <param name="codecs">Where JPEG-LS and JPEG 2000 are decoded; null: nowhere.</param>
    public RunImages(Recipe recipe, DataSplits data, Preprocessing preprocessing, RunCache? cache, CodecProcess? codecs)
    {
        (_recipe, Data) = (recipe, data);
        Train = Batches(data.Train, cache?.Training, ImageBatches.DefaultCacheBytes);
        Val = Batches(data.Val, cache?.Evaluation, ImageBatches.DefaultCacheBytes);
        Test = data.Test is null ? null : Batches(data.Test, cache?.Evaluation, cacheBytes: 0);
        Choosing = SelectChoosing(data.Val);

        ImageBatches Batches(LabelledImages images, DiskCache? disk, long cacheBytes) =>
            new(images, preprocessing, recipe.Optimisation.BatchSize, recipe.Compute.LoaderThreads, cacheBytes, disk, codecs)
            {
                Flips = recipe.Pixels.Flip,
            };
    }

    /// <summary>The images by themselves.</summary>
    public DataSplits Data { get; private set; }

    /// <summary>Training images.</summary>
    public ImageBatches Train { get; private set; }

    /// <summary>Validation images.</summary>
    public ImageBatches Val { get; private set; }

    /// <summary>Test images; null: none.</summary>
    public ImageBatches? Test { get; private set; }

    /// <summary>The validation images that choose the epoch: all of them, or a balanced part.</summary>
    public ImageBatches Choosing { get; private set; }

    /// <summary>What a look at all pixels found; null: it was not asked for, or has not been made yet.</summary>
    public PixelCheck? Check { get; private set; }

    /// <summary>Lines to show: what the look at all pixels found, and what was decoded since.</summary>
    public IEnumerable<string> Notes => [.. _notes, .. Train.Remarks.Union(Val.Remarks).Union(Test?.Remarks ?? [])];

    /// <summary>Decodes every image, where the recipe says so, and leaves out those that cannot be read; once only.</summary>
    /// <param name="run">The run folder: a run to resume leaves out what it did when it began.</param>
    /// <param name="resume">Go on with the run in the folder.</param>
    /// <param name="progress">Told how it goes.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="RadaptException">More images cannot be read than may be left out, or too few are left.</exception>
    public void LookAtPixels(RunFolder run, bool resume, IProgress<TrainingProgress>? progress, CancellationToken cancellation)
    {
        if (Check is not null)
        {
            return;
        }

        if (resume && run.HasState)
        {
            // As when it began: an image that was repaired since is not learned from in the middle of a run.
            Use(UnreadableTable.Read(run.UnreadableFile, NameKey.For(_recipe.Data, Data)),
                RunRecord.ReadUnlessRewritten(run.Path)?.Data?.Pixels);
        }
        else if (_recipe.Data.CheckPixels)
        {
            Check = PixelCheck.Run(Parts(), _recipe.Data, _recipe.ForTraining(), progress, cancellation);
            _notes.AddRange(Check.Notes);
            LeaveOut(Check.Unreadable);
        }
    }

    /// <summary>Leaves out what an earlier look at the same images could not read; takes the place of a look of its own.</summary>
    /// <param name="unreadable">Why an image of a part cannot be read; null: it can.</param>
    /// <param name="record">What <c>run.json</c> said of that look; null: nothing is known of it.</param>
    /// <exception cref="RadaptException">Too few images or labels are left.</exception>
    public void Use(Func<LabelledImage, string, string?> unreadable, RunPixels? record)
    {
        UnreadableRow[] rows = [.. Parts().SelectMany(p => p.Images.Images.Items.Select(
            i => unreadable(i, p.Part) is { } reason ? new UnreadableRow(i, p.Part, reason) : null)).OfType<UnreadableRow>()];
        LeaveOut(rows);
        Check = new PixelCheck
        {
            Unreadable = rows,
            Record = record ?? (rows.Length > 0 ? new() { Unreadable = rows.Length } : null),
        };
    }

    /// <summary>Writes the tables of images that cannot be read and that are suspicious, or removes those of an earlier look.</summary>
    /// <param name="run">The run folder.</param>
    /// <param name="names">What images are called there.</param>
    /// <exception cref="RadaptException">A table cannot be written.</exception>
    public void WriteTables(RunFolder run, NameKey names)
    {
        if (Check is not { } check)
        {
            return;
        }

        Write(run.UnreadableFile, check.Unreadable.Count, () => UnreadableTable.Write(run.UnreadableFile, check.Unreadable, names));
        Write(run.SuspiciousFile, check.Suspicious.Count, () => SuspiciousTable.Write(
            run.SuspiciousFile, check.Suspicious.Select(s => (s.Image, s.Part, PictureDoubts.InWords(s.Kind))), names));

        // A table without rows is not there. What an earlier session found stays, where this one did not look itself.
        void Write(string file, int rows, Action write)
        {
            if (rows > 0)
            {
                write();
            }
            else if (check.Checked is not null)
            {
                File.Delete(file);
            }
        }
    }

    // Of a cross-validation also the images that the label fraction leaves out of this fold: another one tests them.
    private List<(string Part, ImageBatches Images)> Parts()
    {
        List<(string Part, ImageBatches Images)> parts = [(Split.Names[0], Train), (Split.Names[1], Val)];
        if (Test is not null)
        {
            parts.Add((Split.Names[2], Test));
        }

        if (_recipe.Data.Folds is not null && _recipe.Data.LabelFraction != LabelFraction.All)
        {
            var used = new HashSet<object>(parts.SelectMany(p => p.Images.Images.Items), ReferenceEqualityComparer.Instance);
            LabelledImage[] rest = [.. Data.Drawn.Select(d => d.Image).Where(i => !used.Contains(i))];
            parts.Add((Split.Names[0], Train.WithImages(Data.Train with { Items = rest })));
        }

        return parts;
    }

    private void LeaveOut(IEnumerable<UnreadableRow> rows)
    {
        HashSet<LabelledImage> unreadable = new(rows.Select(u => u.Image), ReferenceEqualityComparer.Instance);
        Data = PixelCheck.Without(Data, unreadable.Contains, _recipe.Data, _notes);
        Train = Train.WithImages(Data.Train);
        Val = Val.WithImages(Data.Val);
        Test = Data.Test is null ? null : Test!.WithImages(Data.Test);
        Choosing = SelectChoosing(Data.Val);
    }

    private ImageBatches SelectChoosing(LabelledImages val) =>
        Val.WithImages(ValidationPlan.Choosing(val, _recipe.Validation.Images, ValidationPlan.Seed(_recipe.Data)));
}
