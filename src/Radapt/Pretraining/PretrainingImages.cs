using Radapt.Batching;
using Radapt.Datasets;
using Radapt.Datasets.Checks;
using Radapt.Runs;
using Radapt.Training;

namespace Radapt.Pretraining;

/// <summary>
/// The images of a pre-training as batches. Those that cannot be read, or show nothing, are left out once a look at all pixels, or an
/// earlier session, has told them.
/// </summary>
/// <param name="recipe">Says whether pixels are looked at, and how many may be left out.</param>
/// <param name="found">The images by themselves.</param>
/// <param name="train">Those that are learned from.</param>
/// <param name="heldOut">Those that are measured.</param>
internal sealed class PretrainingImages(PretrainingRecipe recipe, UnlabelledImages found, ImageBatches train, ImageBatches heldOut)
{
    private const string TrainPart = "train"; // as the tables of a run name them
    private const string HeldOutPart = "held out";

    private readonly List<string> _notes = [];

    /// <summary>The images by themselves.</summary>
    public UnlabelledImages Found { get; private set; } = found;

    /// <summary>Images to learn from.</summary>
    public ImageBatches Train { get; private set; } = train;

    /// <summary>Images that are measured; may be empty.</summary>
    public ImageBatches HeldOut { get; private set; } = heldOut;

    /// <summary>What a look at all pixels found; null: there was none yet.</summary>
    public PixelCheck? Check { get; private set; }

    /// <summary>Lines to show: what the look found, and what was decoded since.</summary>
    public IEnumerable<string> Notes => [.. _notes, .. Train.Remarks.Union(HeldOut.Remarks)];

    /// <summary>Decodes every image, where the recipe says so, and leaves out those that cannot be read or are blank; once only.</summary>
    /// <param name="run">The run folder: a run to resume leaves out what it did when it began.</param>
    /// <param name="resume">Continue the run in the folder.</param>
    /// <param name="progress">Told how it goes.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="RadaptException">More images cannot be read than may be left out, or too few are left.</exception>
    public void LookAtPixels(RunFolder run, bool resume, IProgress<TrainingProgress>? progress, CancellationToken cancellation)
    {
        if (Check is not null)
        {
            return;
        }

        (string Part, ImageBatches Images)[] parts = [(TrainPart, Train), (HeldOutPart, HeldOut)];
        if (resume && run.HasState)
        {
            // As when it began: an image that was mended since is not learned from in the middle of a run.
            Func<LabelledImage, string, string?> reasons = UnreadableTable.Read(run.UnreadableFile, NameKey.None);
            UnreadableRow[] rows = [.. parts.SelectMany(p => p.Images.Images.Items.Select(
                i => reasons(i, p.Part) is { } reason ? new UnreadableRow(i, p.Part, reason) : null)).OfType<UnreadableRow>()];
            LeaveOut(i => parts.Any(p => reasons(i, p.Part) is not null));
            Check = new PixelCheck { Unreadable = rows };
        }
        else if (recipe.Data.CheckPixels)
        {
            PixelCheck check = PixelCheck.Run(parts, recipe.Data, recipe.ForTraining(), progress, cancellation);
            UnreadableRow[] blank = [.. check.Suspicious.Where(s => s.Kind is DataProblemKind.Blank or DataProblemKind.OddSize)
                .Select(s => new UnreadableRow(s.Image, s.Part, PictureDoubts.InWords(s.Kind)))];
            _notes.AddRange(check.Notes);
            if (blank.Length > 0)
            {
                _notes.Add($"{Plural.Count(blank.Length, "blank or elongated image")} left out.");
            }

            Check = check with { Unreadable = [.. check.Unreadable, .. blank] };
            LeaveOut(new HashSet<LabelledImage>(Check.Unreadable.Select(u => u.Image), ReferenceEqualityComparer.Instance).Contains);
        }
    }

    /// <summary>Leaves out what rank 0 does.</summary>
    /// <param name="isLeftOut">Whether an image of a part is left out.</param>
    public void Use(Func<LabelledImage, string, bool> isLeftOut) => LeaveOut(i => isLeftOut(i, TrainPart) || isLeftOut(i, HeldOutPart));

    private void LeaveOut(Func<LabelledImage, bool> isLeftOut)
    {
        Found = Found.Without(isLeftOut, "blank, or cannot be read");
        Train = Train.WithImages(Found.Train);
        HeldOut = HeldOut.WithImages(Found.HeldOut);
    }
}
