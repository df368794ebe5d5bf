using Radapt.Inference;
using Radapt.Runs.Predictions;
using Radapt.Tests.Training;

namespace Radapt.Tests.Runs.Predictions;

public sealed class PredictionJobTests : IDisposable
{
    private readonly TinyRuns _runs = new();
    private readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        _runs.Dispose();
        _folder.Dispose();
    }

    [Theory] // WORKFLOW B6
    [InlineData("csv")]
    [InlineData("xlsx")]
    public void Run_InterruptedAndRepeated_LeavesTheBytesOfAnUndisturbedOne(string ending)
    {
        PredictionFormat format = PredictionFormats.Choose(ending, "table");
        string run = _runs.Run("epochs 1").Folder;
        using Ensemble models = Open(run);
        PredictionJob undisturbed = Job(models, _folder["undisturbed"], format, run);
        Assert.Equal(40, undisturbed.Run(cancellation: TestContext.Current.CancellationToken).Scored);

        PredictionJob job = Job(models, _folder["table"], format, run);
        foreach (int stopAt in new[] { 3, 17 })
        {
            using var source = new CancellationTokenSource();
            Assert.ThrowsAny<OperationCanceledException>(() => job.Run(onRow: (row, _) =>
            {
                if (row == stopAt)
                {
                    source.Cancel();
                }
            }, cancellation: source.Token));
            Assert.False(File.Exists(job.Table));
            Assert.True(File.Exists(PredictionJournal.PathFor(job.Table)));
        }

        (int before, int done) = (0, 0);
        PredictionSummary summary = job.Run(rows => before = rows, (_, _) => done++, TestContext.Current.CancellationToken);
        Assert.InRange(before, 16, 39); // the second interruption was in the fifth batch of four
        Assert.Equal((0, 40, 40), (before % 4, before + done, summary.Images));
        Assert.Equal(File.ReadAllBytes(undisturbed.Table), File.ReadAllBytes(job.Table));
        Assert.False(File.Exists(PredictionJournal.PathFor(job.Table)));
    }

    [Fact]
    public void Run_ImageReplacedSinceTheInterruption_IsNotMixedWithTheRowsBefore()
    {
        string run = _runs.Run("epochs 1").Folder;
        using Ensemble models = Open(run);
        PredictionJob job = Job(models, _folder["t.csv"], PredictionFormat.Csv, run);
        using var source = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() => job.Run(onRow: (_, _) => source.Cancel(), cancellation: source.Token));
        File.SetLastWriteTimeUtc(job.Images[0], new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        Assert.Contains("unfinished prediction with other images",
            Assert.Throws<RadaptException>(() => job.Run(cancellation: TestContext.Current.CancellationToken)).Message,
            StringComparison.Ordinal);
        int before = -1;
        (job with { Replaces = true }).Run(rows => before = rows, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(0, before);
    }

    [Fact] // WORKFLOW C9, H7: the mean of several runs and its spread
    public void Predict_TwoRunsThatPrepareImagesDifferently_AreAveraged()
    {
        string[] runs = [_runs.Run("epochs 1").Folder, _runs.Run("epochs 1", "seed 5", "mean 0.4").Folder];
        string[] images = Images();
        using Ensemble models = Open(runs);
        using Predictor first = Predictor.Open(runs[0]), second = Predictor.Open(runs[1]);
        Prediction[] mean = [.. models.Predict(images, 4, 2, scoreAll: false, TestContext.Current.CancellationToken)];
        Prediction[] a = [.. first.Predict(images, cancellation: TestContext.Current.CancellationToken)];
        Prediction[] b = [.. second.Predict(images, cancellation: TestContext.Current.CancellationToken)];
        Assert.Equal(images, mean.Select(p => p.Path));
        Assert.NotEqual(a[0].Probabilities![0], b[0].Probabilities![0]);
        for (int i = 0; i < images.Length; i++)
        {
            for (int f = 0; f < models.Findings.Count; f++)
            {
                (double p, double q) = (a[i].Probabilities![f], b[i].Probabilities![f]);
                Assert.Equal((p + q) / 2, mean[i].Probabilities![f], 1e-6);
                Assert.Equal(Math.Abs(p - q) / Math.Sqrt(2), mean[i].Deviations![f], 1e-6);
            }
        }

        Assert.All(a, p => Assert.Null(p.Deviations));
    }

    [Fact]
    public void Open_RunsOfOtherFindings_AreRefused()
    {
        string[] runs = [_runs.Run("epochs 1").Folder, _runs.Run("epochs 1", "findings Effusion").Folder];
        string message = Assert.Throws<RadaptException>(() => Open(runs)).Message;
        Assert.Contains("only runs of the same findings, in the same order, can be averaged", message, StringComparison.Ordinal);
        Assert.Contains("is named twice", Assert.Throws<RadaptException>(() => Open(runs[0], runs[0])).Message, StringComparison.Ordinal);
    }

    private static Ensemble Open(params string[] runs) => Ensemble.Open([.. runs.Select(r => (r, RunPlan.Read(r)))], null, false, null);

    private PredictionJob Job(Ensemble models, string table, PredictionFormat format, string run) => new()
    {
        Models = models,
        Runs = [(run, RunPlan.Read(run))],
        Images = Images(),
        Table = table,
        Format = format,
        BatchSize = 4,
    };

    private string[] Images() => [.. Directory.GetFiles(Path.Combine(_runs.Data, "images")).Order(StringComparer.Ordinal)];
}
