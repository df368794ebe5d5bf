using System.Diagnostics;
using Radapt.Batching;
using Radapt.Datasets;
using Radapt.Datasets.Checks;
using Radapt.Datasets.Matching;
using Radapt.Datasets.Published;
using Radapt.Runs;

namespace Radapt.Training;

/// <summary>
/// Decodes all images of a run before the first epoch, through the run's own reader and caches: what cannot be read is known, and what
/// shows hardly anything is said, before a night is spent on it.
/// </summary>
internal sealed record PixelCheck
{
    /// <summary>Images that were decoded or refused; null: an earlier session did.</summary>
    public int? Checked { get; init; }

    /// <summary>The images that cannot be read.</summary>
    public IReadOnlyList<UnreadableRow> Unreadable { get; init; } = [];

    /// <summary>The images that are used and suspicious, the part of each, and what is suspicious.</summary>
    public IReadOnlyList<(LabelledImage Image, string Part, DataProblemKind Kind)> Suspicious { get; init; } = [];

    /// <summary>Lines to show.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>What <c>run.json</c> says; null: what an earlier session said is lost.</summary>
    public RunPixels? Record { get; init; }

    /// <summary>Decodes the images of all parts.</summary>
    /// <param name="sets">The parts and their names.</param>
    /// <param name="data">How the data was read.</param>
    /// <param name="settings">Of the training that follows.</param>
    /// <param name="progress">Told how it goes.</param>
    /// <param name="cancellation">Ends it; nothing was written.</param>
    /// <exception cref="RadaptException">More cannot be read than may be left out.</exception>
    public static PixelCheck Run(IReadOnlyList<(string Part, ImageBatches Images)> sets, DataOptions data, TrainingSettings settings,
        IProgress<TrainingProgress>? progress, CancellationToken cancellation)
    {
        int images = sets.Sum(s => s.Images.Images.Items.Count);
        int batches = sets.Sum(s => s.Images.EvaluationBatches);
        var clock = new ProgressClock(progress, settings);
        var state = new TrainerState();
        clock.Start(TrainingPhase.Pixels, state, batches, 0);
        var watch = Stopwatch.StartNew();
        bool areViewsChosen = data.Views.Count > 0 || PublishedSource.Parse(data.Data) is not null;
        var doubts = new PictureDoubts(areViewsChosen ? null : new ViewFilter(["frontal"]), headers: true);
        var unreadable = new List<UnreadableRow>();
        (int batchesBefore, int imagesBefore) = (0, 0);
        foreach ((string part, ImageBatches set) in sets)
        {
            foreach ((int item, RadaptException? error) in set.Decode(doubts, cancellation).Index())
            {
                LabelledImage image = set.Images.Items[item];
                if (error is not null)
                {
                    unreadable.Add(new UnreadableRow(image, part, error.What));
                }

                if ((item + 1) % set.BatchSize == 0 || item + 1 == set.Images.Items.Count)
                {
                    clock.Report(state, batchesBefore + (item / set.BatchSize) + 1, imagesBefore + item + 1);
                }
            }

            batchesBefore += set.EvaluationBatches;
            imagesBefore += set.Images.Items.Count;
        }

        return new PixelCheck
        {
            Checked = images,
            Unreadable = unreadable,
            Suspicious =
            [
                .. sets.SelectMany(s => s.Images.Images.Items.Select(i => (i, s.Part, Kind: doubts.Find(i))))
                    .Where(i => i.Kind is not null).Select(i => (i.i, i.Part, i.Kind!.Value)),
            ],
            Notes =
            [
                .. UnreadableLimit.Notes(unreadable, images, data.SkipUnreadable.Fraction),
                .. doubts.Lines(sets.SelectMany(s => s.Images.Images.Items)),
            ],
            Record = new RunPixels
            {
                Checked = images,
                Unreadable = unreadable.Count,
                Blank = doubts.Blank,
                Saturated = doubts.Saturated,
                Suspicious = doubts.All,
                Seconds = Math.Round(watch.Elapsed.TotalSeconds, 3),
            },
        };
    }

    /// <summary>The data without some images; the split that was drawn stays whole.</summary>
    /// <param name="data">All images.</param>
    /// <param name="isLeftOut">Whether an image is left out.</param>
    /// <param name="options">How the data was read.</param>
    /// <param name="notes">Receives lines to print.</param>
    /// <returns>The same data where nothing is left out.</returns>
    /// <exception cref="RadaptException">Too few images or labels are left.</exception>
    public static DataSplits Without(DataSplits data, Func<LabelledImage, bool> isLeftOut, DataOptions options,
        ICollection<string> notes)
    {
        LabelledImages?[] all = [data.Train, data.Val, data.Test];
        data = data with
        {
            LeftOut = [.. data.Drawn.Select(d => d.Image).Concat(all.OfType<LabelledImages>().SelectMany(p => p.Items)).Where(isLeftOut)
                .Distinct(ReferenceEqualityComparer.Instance).Cast<LabelledImage>()],
        };
        LabelledImages?[] left = [.. all.Select(set => set is null ? null : set with
        {
            Items = [.. set.Items.Where(i => !isLeftOut(i))],
        })];
        if (left.Zip(all).All(p => p.First?.Items.Count == p.Second?.Items.Count))
        {
            return data;
        }

        for (int part = 0; part < left.Length; part++)
        {
            if (left[part] is not { } set)
            {
                continue;
            }

            if (set.Items.Count == 0)
            {
                throw new RadaptException(
                    $"No image of split '{Split.Names[part]}' can be read. Copy or export them again; radapt "
                        + "data check says what is wrong with each.");
            }

            if (part == 0)
            {
                LabelChecks.Training(set, options, notes);
            }
            else
            {
                LabelChecks.Evaluation(set, Split.Names[part], notes);
            }
        }

        return data with { Train = left[0]!, Val = left[1]!, Test = left[2] };
    }
}
