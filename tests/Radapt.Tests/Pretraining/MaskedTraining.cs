using Radapt.Batching;
using Radapt.Pretraining;
using Radapt.Recipes;
using Radapt.Runs;
using Radapt.Training;

namespace Radapt.Tests.Pretraining;

/// <summary>Trains a task on the training loop with AdamW, and keeps its state in a folder.</summary>
internal static class MaskedTraining
{
    /// <summary>Runs to the end, or until it is cancelled.</summary>
    /// <param name="task">What is trained, on an encoder of two blocks.</param>
    /// <param name="folder">Where the state is kept.</param>
    /// <param name="epochs">Epochs.</param>
    /// <param name="resume">Continue from the state in the folder.</param>
    /// <param name="onUpdate">Told the number of updates.</param>
    /// <param name="cancellation">Stops after the current update.</param>
    /// <returns>How it ended, and all trained numbers.</returns>
    public static (TrainerState End, float[] Weights) Run(MaskedTask task, string folder, int epochs, bool resume = false,
        Action<long>? onUpdate = null, CancellationToken cancellation = default)
    {
        using Optimizer optimizer = Optimizer.Create(
            new OptimizerSettings { Kind = OptimizerKind.AdamW, WeightDecay = 0.05, Beta2 = 0.95, Depth = 2 }, task.Trained);
        Directory.CreateDirectory(Path.Combine(folder, "state"));
        var saved = new SavedState(new RunFolder(folder), task.Trained, optimizer, null);
        var settings = new TrainingSettings { Epochs = epochs, LearningRate = new LearningRate(5e-3, 0, 1, epochs), Seed = 4 };
        var loop = new TrainingLoop<ImageBatch>(task, settings, optimizer, saved)
        {
            OnUpdate = (updates, _, _) => onUpdate?.Invoke(updates),
        };
        var identity = new RunIdentity { Data = "", BaseWeights = "", Options = new Dictionary<string, string>() };
        TrainerState end = loop.Run(resume ? saved.Resume(identity, new NothingKept()) : new TrainerState { Identity = identity },
            cancellation);
        return (end, [.. task.Trained.SelectMany(t => t.Tensor.detach().cpu().data<float>().ToArray())]);
    }

    private sealed class NothingKept : IBestTensors
    {
        public void Save(int epoch)
        {
        }

        public void Require()
        {
        }
    }
}
