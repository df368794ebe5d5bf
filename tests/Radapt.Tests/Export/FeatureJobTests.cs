using System.Globalization;
using System.Text;
using Parquet;
using Radapt.Adaptation;
using Radapt.Compute;
using Radapt.Export;
using Radapt.Inference;
using Radapt.Models;
using Radapt.Tests.Training;
using Radapt.Training;

namespace Radapt.Tests.Export;

/// <summary>Features of images in a file: read back, in every format.</summary>
public sealed class FeatureJobTests(TinyRuns runs) : IClassFixture<TinyRuns>
{
    private const string Weights = "phantom-tiny";

    private static readonly Dictionary<string, string> s_options = new() { ["precision"] = "float32", ["pooling"] = "normed-mean" };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string[] Images => [.. ImagePaths.Find([Path.Combine(runs.Data, "images")]).Paths.Take(10)];

    [Fact]
    public async Task Run_EveryFormat_HoldsTheSameNumbers()
    {
        using var folder = new TemporaryFolder();
        foreach (string ending in FeatureTable.Endings)
        {
            Assert.Equal(10, Run(folder["f" + ending], Images));
        }

        float[][] npy = ReadNpy(folder["f.npy"]);
        string[][] csv = [.. File.ReadLines(folder["f.csv"]).Select(l => l.Split(','))];
        Assert.Equal(["image", "f0", "f1"], csv[0][..3]);
        Assert.Equal(npy, csv[1..].Select(r => r[1..].Select(v => float.Parse(v, CultureInfo.InvariantCulture)).ToArray()));
        Assert.Equal(Enumerable.Range(1, 10).Select(i => $"{i}"), csv[1..].Select(r => r[0]));
        Assert.Equal(["image", .. Enumerable.Range(1, 10).Select(i => $"{i}")], File.ReadLines(FeatureTable.RowsFile(folder["f.npy"])));
        await using ParquetReader reader = await ParquetReader.CreateAsync(folder["f.parquet"], cancellationToken: Token);
        using ParquetRowGroupReader group = reader.OpenRowGroupReader(0);
        Parquet.Schema.DataField[] fields = reader.Schema.GetDataFields();
        Assert.Equal(csv[0], fields.Select(f => f.Name));
        var numbers = new int[10];
        await group.ReadAsync<int>(fields[0], numbers, cancellationToken: Token);
        Assert.Equal(Enumerable.Range(1, 10), numbers);
        for (int c = 1; c < fields.Length; c++)
        {
            var column = new float[10];
            await group.ReadAsync<float>(fields[c], column, cancellationToken: Token);
            Assert.Equal(npy.Select(r => r[c - 1]), column);
        }
    }

    /// <summary>Of a run: what the run's own head reads, whose linear map gives its logits.</summary>
    [Fact]
    public void Run_FineTunedModel_GivesWhatItsHeadReads()
    {
        RunSummary run = runs.Run("method lora", "lr 0.05");
        using var folder = new TemporaryFolder();
        using (FeatureModel features = FeatureModel.Open(run.Folder, new Dictionary<string, string>(), Images, 1, codecs: null))
        {
            new FeatureJob { Model = features, Images = Images, Table = folder["f.npy"] }.Run(cancellation: Token);
        }

        using AdaptedModel model = AdaptedModel.Open(run.Folder, null, new ComputePlan("float32", "cpu", 1));
        using Predictor predictor = Predictor.Open(run.Folder, plan: new ComputePlan("float32", "cpu", 1));
        Prediction[] predictions = [.. predictor.Predict(Images, scoreAll: true, cancellation: Token)];
        using var scope = TorchSharp.torch.NewDisposeScope();
        foreach ((float[] row, Prediction prediction) in ReadNpy(folder["f.npy"]).Zip(predictions))
        {
            using TorchSharp.torch.Tensor logits = model.Classifier.Head.head.Forward(
                TorchSharp.torch.tensor(row).unsqueeze(0), ForwardPass.Evaluation);
            Assert.All(logits.data<float>().ToArray().Zip(prediction.Logits!), l => Assert.Equal(l.First, l.Second, 1e-4));
        }
    }

    [Theory]
    [InlineData(".npy")]
    [InlineData(".csv")]
    [InlineData(".parquet")]
    public void Run_Interrupted_ContinuesToTheSameBytes(string ending)
    {
        using var folder = new TemporaryFolder();
        string[] images = Images;
        Run(folder["whole" + ending], images, names: true);
        using var stop = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() => Run(folder["cut" + ending], images, names: true, onImages: done =>
        {
            if (done >= 6)
            {
                stop.Cancel();
            }
        }, stop: stop));
        Assert.False(File.Exists(folder["cut" + ending]));
        File.AppendAllText(FeatureJournal.PathFor(folder["cut" + ending]), "half a record"); // as a kill leaves it
        int first = -1;
        Run(folder["cut" + ending], images, names: true, onImages: done => first = first < 0 ? done : first);
        Assert.Equal(6, first);
        Assert.Equal(File.ReadAllBytes(folder["whole" + ending]), File.ReadAllBytes(folder["cut" + ending]));
        Assert.False(File.Exists(FeatureJournal.PathFor(folder["cut" + ending])));
    }

    [Fact]
    public void Run_UnreadableImage_HasNoRowAndIsToldByNumber()
    {
        using var folder = new TemporaryFolder();
        string[] images = Images;
        File.WriteAllText(folder["broken.png"], "not an image");
        images[3] = folder["broken.png"];
        var told = new List<int>();
        using FeatureModel model = FeatureModel.Open(Weights, s_options, images, 1, codecs: null);
        int rows = new FeatureJob { Model = model, Images = images, Table = folder["f.csv"], BatchSize = 2 }
            .Run(onUnreadable: (image, _) => told.Add(image), cancellation: Token);
        Assert.Equal(9, rows);
        Assert.Equal([3], told);
        Assert.Equal(["1", "2", "3", "5", "6", "7", "8", "9", "10"], File.ReadLines(folder["f.csv"]).Skip(1).Select(l => l.Split(',')[0]));
        Assert.DoesNotContain("phantom", File.ReadAllText(folder["f.csv"]), StringComparison.Ordinal); // no names unless asked for
    }

    [Fact]
    public void Run_JournalOfOtherImages_IsRefusedUnlessReplaced()
    {
        using var folder = new TemporaryFolder();
        string[] images = Images;
        using var stop = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(
            () => Run(folder["f.csv"], images, onImages: _ => stop.Cancel(), stop: stop));
        RadaptException e = Assert.Throws<RadaptException>(() => Run(folder["f.csv"], images[1..]));
        Assert.Contains("--overwrite", e.Message, StringComparison.Ordinal);
        Assert.Equal(9, Run(folder["f.csv"], images[1..], replaces: true));
    }

    private static int Run(string table, string[] images, bool names = false, Action<int>? onImages = null, bool replaces = false,
        CancellationTokenSource? stop = null)
    {
        using FeatureModel model = FeatureModel.Open(Weights, s_options, images, 1, codecs: null);
        return new FeatureJob
        {
            Model = model,
            Images = images,
            Table = table,
            PlainNames = names,
            BatchSize = 2,
            Replaces = replaces,
        }.Run(onImages, cancellation: stop?.Token ?? Token);
    }

    // The format by its specification: magic, version, length of the header, a dictionary, then the numbers.
    private static float[][] ReadNpy(string path)
    {
        byte[] bytes = File.ReadAllBytes(path);
        Assert.Equal([0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', 1, 0], bytes[..8]);
        int length = BitConverter.ToUInt16(bytes, 8);
        Assert.Equal(0, (10 + length) % 64);
        string header = Encoding.ASCII.GetString(bytes, 10, length);
        Assert.EndsWith("\n", header, StringComparison.Ordinal);
        System.Text.RegularExpressions.Match shape = System.Text.RegularExpressions.Regex.Match(
            header, @"^\{'descr': '<f4', 'fortran_order': False, 'shape': \((\d+), (\d+)\), \} *\n$");
        Assert.True(shape.Success, header);
        (int rows, int columns) = (int.Parse(shape.Groups[1].Value, CultureInfo.InvariantCulture),
            int.Parse(shape.Groups[2].Value, CultureInfo.InvariantCulture));
        Assert.Equal(10 + length + (4 * rows * columns), bytes.Length);
        return [.. Enumerable.Range(0, rows).Select(r => Enumerable.Range(0, columns)
            .Select(c => BitConverter.ToSingle(bytes, 10 + length + (4 * ((r * columns) + c)))).ToArray())];
    }
}
