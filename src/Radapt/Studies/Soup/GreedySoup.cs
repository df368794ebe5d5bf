using Radapt.Adaptation.Files;
using Radapt.Batching;
using Radapt.Compute;
using Radapt.Imaging.Dicom.Codecs;
using Radapt.Inference;
using Radapt.Runs;

namespace Radapt.Studies.Soup;

/// <summary>
/// The greedy soup of Wortsman and others (2022): runs in the order of their validation figures, the best first; each is averaged in if the
/// mean AUROC on the validation images does not fall.
/// </summary>
/// <param name="plan">How models compute.</param>
/// <param name="weights">Where the base weights are now; null: where they were in training.</param>
/// <param name="batchSize">Images per forward pass.</param>
/// <param name="codecs">Where DICOM files in JPEG-LS and JPEG 2000 are decoded.</param>
/// <param name="onModel">Told before a model is scored: which of how many, and how many images there are; returns what is told how many
/// images are done.</param>
internal sealed class GreedySoup(
    ComputePlan plan, string? weights, int batchSize, CodecProcess codecs, Func<(int Number, int Of, int Images), Action<int>> onModel)
{
    private ImageBatches? _batches; // those that can be read, once a model has met them

    /// <summary>Chooses, and writes the mean of what was chosen.</summary>
    /// <param name="runs">At least two, which fit; see <see cref="SoupIngredient.RequireFit"/>.</param>
    /// <param name="output">The adapter file.</param>
    /// <param name="cancellation">Ends it; nothing is written.</param>
    /// <exception cref="RadaptException">Images or base weights cannot be read, or no finding has both classes.</exception>
    public SoupReport Run(IReadOnlyList<SoupIngredient> runs, string output, CancellationToken cancellation)
    {
        string folder = Directory.CreateTempSubdirectory("radapt-soup-").FullName;
        try
        {
            return Run(runs, output, Path.Combine(folder, "adapter.safetensors"), cancellation);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private SoupReport Run(IReadOnlyList<SoupIngredient> runs, string output, string candidate, CancellationToken cancellation)
    {
        int models = (2 * runs.Count) - 1;
        var notes = new List<string>();
        var alone = new List<(SoupIngredient Run, double Auroc)>();
        foreach (SoupIngredient run in runs)
        {
            alone.Add((run, Score(run.AdapterFile, runs[0], (alone.Count + 1, models), notes, cancellation)));
        }

        var steps = new List<SoupStep>();
        var taken = new List<(SoupIngredient Run, double Auroc)>();
        double best = 0;
        foreach ((SoupIngredient run, double auroc) in alone.OrderByDescending(r => r.Auroc))
        {
            double with = auroc;
            if (taken.Count > 0)
            {
                AdapterAverage.Write(candidate, run.Adapter, [.. taken.Select(t => t.Run.AdapterFile), run.AdapterFile]);
                with = Score(candidate, runs[0], (runs.Count + steps.Count, models), notes, cancellation);
            }

            steps.Add(new SoupStep(run.Run, auroc, with, taken.Count == 0 || with >= best));
            if (steps[^1].IsTaken)
            {
                taken.Add((run, auroc));
                best = with;
            }
        }

        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(output))!);
        AdapterAverage.Write(output, taken[0].Run.Adapter with
        {
            Soup = [.. taken.Select(t => new SoupPart(DecisionRules.AdapterHash(t.Run.AdapterFile), t.Auroc))],
        }, [.. taken.Select(t => t.Run.AdapterFile)]);
        return new SoupReport(steps, _batches!.Images.Items.Count, notes);
    }

    // As `evaluate` does it: the saved adapter on freshly read base weights, merged.
    private double Score(
        string adapter, SoupIngredient first, (int Number, int Of) model, List<string> notes, CancellationToken cancellation)
    {
        using Predictor predictor = Predictor.Open(adapter, weights, plan, codecs: codecs);
        Action<int> onImages = onModel((model.Number, model.Of, first.Data.Val.Items.Count));
        ScoredImages scored;
        if (_batches is null)
        {
            scored = predictor.Score(
                first.Data.Val, batchSize, plan.Threads, onImages, first.Options.SkipUnreadable.Fraction, cancellation);
            notes.AddRange(predictor.Notes);
            _batches = new ImageBatches(scored.Images, predictor.Adapter.Preprocessing, batchSize, plan.Threads, codecs: codecs);
        }
        else
        {
            scored = predictor.Score(_batches, (_, done) => onImages(done), cancellation);
        }

        return scored.Metrics.MeanAuroc
            ?? throw new RadaptException("No finding of the validation images has both positives and negatives, so they cannot choose.");
    }
}
