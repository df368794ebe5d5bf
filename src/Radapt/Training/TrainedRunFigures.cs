using Radapt.Adaptation;
using Radapt.Adaptation.Files;
using Radapt.Batching;
using Radapt.Distribution;
using Radapt.Evaluation;
using Radapt.Inference;
using Radapt.Recipes;
using Radapt.Runs;

namespace Radapt.Training;

/// <summary>
/// The figures of a run that was trained: its validation and test images are scored once, predictions and decision rules written to the
/// run folder, and the model card to the adapter file.
/// </summary>
/// <param name="run">The run folder.</param>
/// <param name="recipe">Its recipe.</param>
/// <param name="images">Its images.</param>
/// <param name="names">What images are called in the folder.</param>
/// <param name="trainable">How much was trained.</param>
/// <param name="progress">Told how it goes.</param>
/// <param name="group">The processes that score together.</param>
internal sealed class TrainedRunFigures(
    RunFolder run, Recipe recipe, RunImages images, NameKey names, TrainableCount trainable, IProgress<TrainingProgress>? progress,
    IProcessGroup group)
{
    /// <summary>Scores the images of another rank than the first, which writes.</summary>
    public static void Help(Predictor predictor, RunImages images, IProcessGroup group)
    {
        foreach (ImageBatches scored in new[] { images.Val, images.Test }.OfType<ImageBatches>())
        {
            predictor.Score(scored, null, CancellationToken.None, group);
        }
    }

    /// <summary>Scores and writes.</summary>
    /// <param name="predictor">The saved adapter.</param>
    /// <param name="state">How training ended.</param>
    /// <param name="cancellation">Ends it.</param>
    public RunSummary Compute(Predictor predictor, TrainerState state, CancellationToken cancellation)
    {
        ScoredImages val = Score(predictor, images.Val, TrainingPhase.Validation, cancellation);
        ScoredImages? test = images.Test is null ? null : Score(predictor, images.Test, TrainingPhase.Test, cancellation);
        PredictionTable.Write(run.PredictionsFile, test ?? val, names.Name);
        RunStatistics? valStatistics = val.Images.Items.Count == 0 ? null : RunStatistics.Compute(LabelledScores.From(val, n => n));
        RunStatistics? testStatistics = test is null ? null : RunStatistics.Compute(LabelledScores.From(test, n => n));
        DecisionRules rules = DecisionFitting.Fit(LabelledScores.From(val, n => n), DecisionRules.ValidationImages, []);
        AdapterFile.WriteCard(run.AdapterFile, TrainedCard.Create(
            AdapterFile.Describe(run.AdapterFile).Method, trainable, RunPart.CountAll(images.Data),
            test is null ? "val" : "test", test is null ? valStatistics : testStatistics, rules));
        rules = rules with { Adapters = [DecisionRules.AdapterHash(run.AdapterFile)] }; // of the file with its card
        if (rules.Findings.Count > 0)
        {
            rules.Write(run.DecisionsFile);
        }

        return new RunSummary(
            run.Path, state.BestEpoch, state.Epoch, state.Stopped, val.Metrics, test?.Metrics, TimeSpan.Zero, state.History)
        {
            Rules = rules,
            ValStatistics = valStatistics,
            TestStatistics = testStatistics,
        };
    }

    private ScoredImages Score(Predictor predictor, ImageBatches scored, TrainingPhase phase, CancellationToken cancellation)
    {
        var clock = new ProgressClock(progress, recipe.ForTraining());
        var last = new TrainerState { Epoch = recipe.Optimisation.Epochs };
        clock.Start(phase, last, scored.EvaluationBatches, 0);
        return predictor.Score(scored, (batches, done) => clock.Report(last, batches, done), cancellation, group);
    }
}
