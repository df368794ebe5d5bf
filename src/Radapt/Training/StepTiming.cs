using System.Diagnostics;
using Radapt.Batching;
using Radapt.Models;
using static TorchSharp.torch;

namespace Radapt.Training;

/// <summary>Measures what a training batch costs before anything is trained.</summary>
internal static class StepTiming
{
    /// <summary>
    /// Time of the second batch of the first epoch, after one to warm up; of the first where it is the only one. No tensor is changed.
    /// </summary>
    /// <param name="task">What is trained.</param>
    /// <param name="seed">Of the forward passes.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <param name="optimizer">Makes an update with learning rate 0 after each batch; null: none is made.</param>
    public static TimeSpan OneBatch<TBatch>(
        ITrainingTask<TBatch> task, long seed, CancellationToken cancellation, Optimizer? optimizer = null)
        where TBatch : IBatch
    {
        var watch = new Stopwatch();
        foreach ((int i, TBatch batch) in task.Batches(epoch: 0, firstBatch: 0, cancellation).Take(2).Index())
        {
            watch.Restart();
            using (batch)
            {
                task.Backward(batch, new ForwardPass(true, seed, 0), new UpdateExtent(task.Weight(0, i, 1), 1));
            }

            optimizer?.Step(0);
            foreach ((_, Tensor tensor) in task.Trained)
            {
                tensor.grad = null;
            }

            watch.Stop();
        }

        return watch.Elapsed;
    }
}
