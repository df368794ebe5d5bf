using Radapt.Adaptation;
using Radapt.Batching;
using Radapt.Models;
using static TorchSharp.torch;

namespace Radapt.Training;

/// <summary>
/// What a <see cref="TrainingLoop{TBatch}"/> trains: the tensors, the batches, the loss, how good an epoch is and what is kept of the best
/// one. The loop knows nothing else of it.
/// </summary>
/// <typeparam name="TBatch">What one forward pass reads.</typeparam>
internal interface ITrainingTask<TBatch>
    where TBatch : IBatch
{
    /// <summary>The tensors that training changes, always in the same order.</summary>
    IReadOnlyList<(string Name, Tensor Tensor)> Trained { get; }

    /// <summary>What the task does between updates besides having gradients; null: nothing.</summary>
    ITrainingSchedule? Schedule { get; }

    /// <summary>Keeps the tensors of the best epoch; null: nobody asks for them, such as where a step is only timed.</summary>
    IBestTensors? Best { get; }

    /// <summary>Batches of an epoch, at least 1.</summary>
    int BatchesPerEpoch { get; }

    /// <summary>Batches of a validation.</summary>
    int ValidationBatches { get; }

    /// <summary>
    /// The batches of an epoch. They depend on the epoch and nothing else, so that a resumed epoch sees what it would have seen.
    /// </summary>
    /// <param name="epoch">From 0.</param>
    /// <param name="firstBatch">Batches to leave out, since they are done.</param>
    /// <param name="cancellation">Ends the pass.</param>
    /// <param name="isOwn">Which batches this process computes, by their numbers in the epoch; null: all.</param>
    IEnumerable<TBatch> Batches(int epoch, int firstBatch, CancellationToken cancellation, Predicate<int>? isOwn = null);

    /// <summary>
    /// What some consecutive batches of an epoch weigh together in the loss, such as the number of their known labels. The gradient of an
    /// update is that of the mean over this weight, however its samples are divided among batches or processes.
    /// </summary>
    /// <param name="epoch">From 0.</param>
    /// <param name="firstBatch">The first of the batches, from 0.</param>
    /// <param name="batches">How many; fewer where the epoch ends.</param>
    double Weight(int epoch, int firstBatch, int batches);

    /// <summary>
    /// Forward and backward pass of one batch: adds the batch's share of the update's gradient to the gradients of <see cref="Trained"/>.
    /// </summary>
    /// <param name="batch">The batch.</param>
    /// <param name="pass">A training pass with its random key.</param>
    /// <param name="update">The update that the batch belongs to.</param>
    /// <returns>The mean loss of this batch by itself.</returns>
    double Backward(TBatch batch, ForwardPass pass, UpdateExtent update);

    /// <summary>Measures the tensors as they are.</summary>
    /// <param name="onBatch">Told batches and samples done.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>Null: this task measures nothing, and the last epoch is the best one.</returns>
    ValidationResult? Validate(Action<int, int> onBatch, CancellationToken cancellation);
}

/// <summary>The whole update of which a batch is a part.</summary>
/// <param name="Weight">Weight of all its batches; see <see cref="ITrainingTask{TBatch}.Weight"/>.</param>
/// <param name="Batches">Its batches, at least 1.</param>
internal readonly record struct UpdateExtent(double Weight, int Batches);

/// <summary>How good the trained tensors are.</summary>
/// <param name="Score">What the best epoch has most of; null: the last epoch is the best one.</param>
/// <param name="Figures">What is reported, by name; see <see cref="Runs.EpochResult.Figures"/>.</param>
internal sealed record ValidationResult(double? Score, IReadOnlyDictionary<string, double> Figures);
