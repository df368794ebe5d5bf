using Radapt.Batching;
using Radapt.Compute;
using Radapt.Datasets;
using Radapt.Datasets.Phantoms;
using Radapt.Imaging;
using Radapt.Models;
using Radapt.Pretraining;
using Radapt.Pretraining.Reports;
using Radapt.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Radapt.Tests.Pretraining.Reports;

public sealed class MaskedRecordTaskTests
{
    private const int Side = 32; // of the encoder's images
    private const int Epochs = 5;

    [Fact]
    public void Loop_PhantomsWithReports_LearnsToPredictHeldOutOnes()
    {
        using var folder = new TemporaryFolder();
        var records = new Records(folder);
        TrainerState end = Train(folder["run"], records, resume: false, CancellationToken.None, out _, epochs: 25);

        IReadOnlyDictionary<string, double>[] figures = [.. end.History.Select(e => e.Figures)];
        double[] Of(string name) => [.. figures.Select(f => f[name])];
        (double[] images, double[] reports, double[] words) =
            (Of(HeldOutRecords.ImageLoss), Of(HeldOutRecords.ReportLoss), Of(HeldOutRecords.Perplexity));
        Assert.True(images[^1] < 0.8 * images[0], $"image loss from {images[0]:f3} to {images[^1]:f3}");
        Assert.True(reports[^1] < 0.5 * reports[0], $"report loss from {reports[0]:f3} to {reports[^1]:f3}");
        Assert.True(words[^1] < 0.5 * words[0], $"perplexity from {words[0]:f1} to {words[^1]:f1}");
        Assert.NotEqual(words, Of(HeldOutRecords.OtherImagePerplexity));
        Assert.Equal(25, end.BestEpoch); // the last one, whatever its loss
    }

    [Fact]
    public void Loop_InterruptedAndResumed_EqualsTheUninterruptedOne()
    {
        using var folder = new TemporaryFolder();
        var records = new Records(folder);
        TrainerState whole = Train(folder["whole"], records, resume: false, CancellationToken.None, out float[] expected);

        using var stop = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() =>
            Train(folder["broken"], records, resume: false, stop.Token, out _, onUpdate: updates =>
            {
                if (updates == 7) // in the middle of an epoch
                {
                    stop.Cancel();
                }
            }));
        TrainerState resumed = Train(folder["broken"], records, resume: true, CancellationToken.None, out float[] actual);

        Assert.Equal(expected, actual);
        Assert.Equal(whole.History.Select(e => e.TrainLoss), resumed.History.Select(e => e.TrainLoss));
        Assert.Equal(whole.History.Select(e => e.Figures[HeldOutRecords.Perplexity]),
            resumed.History.Select(e => e.Figures[HeldOutRecords.Perplexity]));
    }

    /// <summary>A step and a measurement leave no tensor behind.</summary>
    [Fact]
    public void Backward_ManySteps_LeavesNoTensorBehind()
    {
        using var folder = new TemporaryFolder();
        var records = new Records(folder);
        using var scope = NewDisposeScope();
        using MaskedRecordModel model = records.Model();
        MaskedRecordTask task = records.Task(model);
        var live = new List<long>();
        for (int step = 0; step < 100; step++)
        {
            foreach (ImageBatch batch in task.Batches(step, 0, CancellationToken.None).Take(1))
            {
                task.Backward(batch, new ForwardPass(true, 0, step), new UpdateExtent(batch.Count, 1));
                batch.Dispose();
            }

            if (step % 25 == 0)
            {
                task.Validate((_, _) => { }, CancellationToken.None);
            }

            live.Add(DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
        }

        Assert.Equal(live[1], live[^1]); // the first step makes the gradients
    }

    /// <summary>What is accumulated over batches is the gradient of one batch with the same records and masks.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Backward_TwoBatchesOfAnUpdate_GiveTheGradientOfTheirMean(bool maskedOnly)
    {
        using var folder = new TemporaryFolder();
        var records = new Records(folder);
        using var scope = NewDisposeScope();
        using MaskedRecordModel model = records.Model();
        MaskedRecordTask task = records.Task(model, new MaskedRecordSettings { MaskedPositionsOnly = maskedOnly });
        var pass = new ForwardPass(true, 0, 0);
        Tensor probe = model.Reports.bert_mlp.weight;
        var gradients = new List<Tensor>();
        foreach (ImageBatch batch in task.Batches(0, 0, CancellationToken.None).Take(2))
        {
            task.Backward(batch, pass, new UpdateExtent(task.Weight(0, 0, 2), 2));
            batch.Dispose();
            gradients.Add(probe.grad!.clone());
        }

        model.Reports.zero_grad();
        ImageBatch second = task.Batches(0, 1, CancellationToken.None).First();
        task.Backward(second, pass, new UpdateExtent(second.Count, 1));
        Assert.True((gradients[1] - gradients[0]).allclose(probe.grad!.div(2), rtol: 1e-4, atol: 1e-7));
        second.Dispose();
    }

    /// <summary>Where the decoder cannot hear the image, another image tells it as much.</summary>
    [Fact]
    public void Measure_DecoderThatIsDeafToImages_HasEqualPerplexities()
    {
        using var folder = new TemporaryFolder();
        var records = new Records(folder);
        using var scope = NewDisposeScope();
        using MaskedRecordModel model = records.Model();
        IReadOnlyDictionary<string, double> hearing = records.HeldOut.Measure(model, new(), (_, _) => { }, CancellationToken.None);
        Initialisation.Fill(model.Reports.bert_mlp.weight, 0);
        IReadOnlyDictionary<string, double> deaf = records.HeldOut.Measure(model, new(), (_, _) => { }, CancellationToken.None);

        Assert.NotEqual(hearing[HeldOutRecords.Perplexity], hearing[HeldOutRecords.OtherImagePerplexity]);
        Assert.Equal(deaf[HeldOutRecords.Perplexity], deaf[HeldOutRecords.OtherImagePerplexity]);
        Assert.Equal(hearing[HeldOutRecords.ImageLoss], deaf[HeldOutRecords.ImageLoss]);
    }

    private static TrainerState Train(string folder, Records records, bool resume, CancellationToken cancellation, out float[] weights,
        Action<long>? onUpdate = null, int epochs = Epochs)
    {
        using MaskedRecordModel model = records.Model();
        MaskedRecordTask task = records.Task(model, new MaskedRecordSettings { Seed = 4 });
        (TrainerState end, weights) = MaskedTraining.Run(task, folder, epochs, resume, onUpdate, cancellation);
        return end;
    }

    /// <summary>A few phantoms with their reports: 40 to learn from, 8 held out.</summary>
    private sealed class Records
    {
        private readonly ImageBatches _train;
        private readonly ReportTokens _trainReports;
        private readonly WordPieceVocabulary _vocabulary;

        public Records(TemporaryFolder folder)
        {
            PhantomSet.Write(folder["p"], new PhantomOptions { Count = 48, Size = 2 * Side, Masks = false, Threads = 1 },
                cancellation: TestContext.Current.CancellationToken);
            IReadOnlyList<ReportedImage> all = ReportTable.Read(Path.Combine(folder["p"], "reports.csv"));
            ReportedImage[] train = [.. all.Take(40)];
            ReportedImage[] heldOut = [.. all.Skip(40)];
            _vocabulary = WordPieceTraining.Learn(train.Select(r => r.Report), 200, "reports.csv");
            var tokenizer = new ReportTokenizer(_vocabulary);
            _train = Batches(train);
            _trainReports = new ReportTokens(train.Select(r => r.Report), tokenizer, 60);
            HeldOut = new HeldOutRecords(Batches(heldOut), new ReportTokens(heldOut.Select(r => r.Report), tokenizer, 60));
        }

        public HeldOutRecords HeldOut { get; }

        public MaskedRecordModel Model()
        {
            var shape = new BackboneShape(Side, 8, 2, 48, 3);
            var model = new MaskedRecordModel(shape, new DecoderShape(32, 1, 1),
                new ReportDecoderShape(_vocabulary.Pieces.Count, 32, 1, 2, 60), _vocabulary.Padding,
                new Kernels(new ComputePlan("float32", "cpu", 1)));
            model.InitialiseFromScratch(1);
            return model;
        }

        public MaskedRecordTask Task(MaskedRecordModel model, MaskedRecordSettings? settings = null) =>
            new(model, _train, _trainReports, HeldOut, settings ?? new MaskedRecordSettings(), best: null);

        private static ImageBatches Batches(ReportedImage[] records) => new(
            new LabelledImages([], [.. records.Select(r => r.Image)]), new Preprocessing(2 * Side, 2 * Side, 0.5, 0.25), 8, 1)
        {
            LeastCropScale = 0.5,
            Flips = false,
        };
    }
}
