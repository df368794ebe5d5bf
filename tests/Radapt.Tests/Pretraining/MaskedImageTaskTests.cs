using Radapt.Batching;
using Radapt.Compute;
using Radapt.Datasets;
using Radapt.Datasets.Phantoms;
using Radapt.Imaging;
using Radapt.Models;
using Radapt.Pretraining;
using Radapt.Training;
using static TorchSharp.torch;

namespace Radapt.Tests.Pretraining;

public sealed class MaskedImageTaskTests
{
    private const int Epochs = 6;

    [Fact]
    public void Loop_Phantoms_LearnsToPredictHeldOutOnes()
    {
        using var folder = new TemporaryFolder();
        (ImageBatches train, ImageBatches heldOut) = Images(folder);
        TrainerState end = Train(folder["run"], train, heldOut, resume: false, CancellationToken.None, out _, epochs: 25);

        double[] losses = [.. end.History.Select(e => e.Figures[MaskedImageTask.HeldOutLoss])];
        Assert.True(losses[^1] < 0.5 * losses[0], $"from {losses[0]:f3} to {losses[^1]:f3}");
        Assert.Equal(25, end.BestEpoch); // the last one, whatever its loss
    }

    [Fact]
    public void Loop_InterruptedAndResumed_EqualsTheUninterruptedOne()
    {
        using var folder = new TemporaryFolder();
        (ImageBatches train, ImageBatches heldOut) = Images(folder);
        TrainerState whole = Train(folder["whole"], train, heldOut, resume: false, CancellationToken.None, out float[] expected);

        using var stop = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() =>
            Train(folder["broken"], train, heldOut, resume: false, stop.Token, out _, onUpdate: updates =>
            {
                if (updates == 7) // in the middle of an epoch
                {
                    stop.Cancel();
                }
            }));
        TrainerState resumed = Train(folder["broken"], train, heldOut, resume: true, CancellationToken.None, out float[] actual);

        Assert.Equal(expected, actual);
        Assert.Equal(whole.History.Select(e => e.TrainLoss), resumed.History.Select(e => e.TrainLoss));
    }

    /// <summary>What is accumulated over batches is the gradient of one batch with the same images and masks.</summary>
    [Fact]
    public void Backward_TwoBatchesOfAnUpdate_GiveTheGradientOfTheirMean()
    {
        using var folder = new TemporaryFolder();
        (ImageBatches train, _) = Images(folder);
        using var scope = NewDisposeScope();
        using MaskedAutoencoder model = Model();
        var task = new MaskedImageTask(model, train, null, new MaskedImageSettings(), best: null);
        var pass = new ForwardPass(true, 0, 0);
        var gradients = new List<Tensor>();
        var losses = new List<double>();
        foreach (ImageBatch batch in task.Batches(0, 0, CancellationToken.None).Take(2))
        {
            losses.Add(task.Backward(batch, pass, new UpdateExtent(task.Weight(0, 0, 2), 2)));
            batch.Dispose();
            gradients.Add(task.Trained[^1].Tensor.grad!.clone());
        }

        model.Decoder.zero_grad();
        ImageBatch second = task.Batches(0, 1, CancellationToken.None).First();
        double alone = task.Backward(second, pass, new UpdateExtent(second.Count, 1));
        Assert.Equal(losses[1], alone);
        Tensor share = gradients[1] - gradients[0];
        Assert.True(share.allclose(task.Trained[^1].Tensor.grad!.div(2), rtol: 1e-4, atol: 1e-8));
        second.Dispose();
    }

    private static (ImageBatches Train, ImageBatches HeldOut) Images(TemporaryFolder folder)
    {
        PhantomSet.Write(folder["p"], new PhantomOptions { Count = 48, Size = 32, Masks = false, Threads = 1 },
            cancellation: TestContext.Current.CancellationToken);
        LabelledImage[] images = [.. Directory.GetFiles(folder["p"], "*.png", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Select(path => new LabelledImage(Path.GetFileName(path), path, null, []))];
        var preprocessing = new Preprocessing(32, 32, 0.5, 0.25);
        ImageBatches Batches(LabelledImage[] items) =>
            new(new LabelledImages([], items), preprocessing, 8, 1) { LeastCropScale = 0.5 };
        return (Batches(images[..40]), Batches(images[40..]));
    }

    private static MaskedAutoencoder Model()
    {
        var model = new MaskedAutoencoder(new BackboneShape(32, 8, 2, 48, 3), new DecoderShape(32, 1, 1), 8,
            new Kernels(new ComputePlan("float32", "cpu", 1)));
        model.InitialiseFromScratch(1);
        return model;
    }

    private static TrainerState Train(string folder, ImageBatches train, ImageBatches heldOut, bool resume, CancellationToken cancellation,
        out float[] weights, Action<long>? onUpdate = null, int epochs = Epochs)
    {
        using MaskedAutoencoder model = Model();
        var task = new MaskedImageTask(model, train, heldOut, new MaskedImageSettings { Seed = 4 }, best: null);
        (TrainerState end, weights) = MaskedTraining.Run(task, folder, epochs, resume, onUpdate, cancellation);
        return end;
    }
}
