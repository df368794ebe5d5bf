using Radapt.Compute;
using Radapt.Recipes;
using Radapt.Runs;
using Radapt.Training;
using static TorchSharp.torch;

namespace Radapt.Tests.Training;

/// <summary>Which tensors a run keeps: of the best epoch, of the last, or the mean over the last quarter.</summary>
public sealed class EpochSelectionTests(TinyRuns runs) : IClassFixture<TinyRuns>
{
    [Fact]
    public void Add_LastQuarter_GivesTheMeanOfItsEpochs()
    {
        using var scope = NewDisposeScope();
        Tensor trained = zeros(3);
        using var average = new WeightAverage([("w", trained)], epochs: 8); // epochs 7 and 8
        for (int epoch = 1; epoch <= 8; epoch++)
        {
            trained.FillInPlace(epoch * epoch);
            average.Add(epoch);
            using (average.Use(epoch))
            {
                Assert.Equal(epoch < 7 ? epoch * epoch : epoch == 7 ? 49 : (49 + 64) / 2.0, trained[0].item<float>(), 1e-5);
            }

            Assert.Equal(epoch * epoch, trained[0].item<float>());
        }
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(4, 1)]
    [InlineData(5, 2)]
    [InlineData(100, 25)]
    public void Window_IsAQuarterAndAtLeastOne(int epochs, int expected) => Assert.Equal(expected, WeightAverage.Window(epochs));

    [Theory]
    [InlineData("lora")]
    [InlineData("full")]
    [InlineData("linear")]
    public void Run_Average_IsNeitherTheLastNorTheBestAndReadsBack(string method)
    {
        string[] options = [$"method {method}", "epochs 8", "lr 0.01"];
        RunSummary average = runs.Run([.. options, "select average"]);
        RunSummary last = runs.Run([.. options, "select last"]);
        Assert.NotEqual(Adapter(last), Adapter(average));
        Assert.Equal((8, 8), (average.BestEpoch, average.Epochs));
        // Measured in the last epoch and read back from the file, on the same images.
        Assert.Equal(average.History[^1].Figure("auroc")!.Value, average.Val.MeanAuroc!.Value, 1e-9);
        Assert.Equal(last.History[^1].Figure("auroc")!.Value, last.Val.MeanAuroc!.Value, 1e-9);
    }

    [Fact]
    public void Run_AverageOfOneEpoch_IsTheLast() =>
        Assert.Equal(Adapter(runs.Run("epochs 3", "select last")), Adapter(runs.Run("epochs 3", "select average")));

    [Theory]
    [InlineData("average")]
    [InlineData("last")]
    public void Run_InterruptedAtAnyUpdate_EqualsUndisturbed(string select)
    {
        string[] options = ["epochs 6", $"select {select}", "accumulate 2"]; // 3 updates an epoch; epochs 5 and 6 are averaged
        string undisturbed = TinyRuns.Results(runs.Run(options));
        foreach (int update in new[] { 2, 13, 15, 16, 18 })
        {
            string folder = runs.NewFolder();
            Assert.Null(runs.RunUntil(update, folder, resume: false, options));
            Assert.Equal(undisturbed, TinyRuns.Results(runs.RunUntil(long.MaxValue, folder, resume: true, options)!));
        }
    }

    [Fact]
    public void Run_AverageWithoutValidationImages_Trains()
    {
        using var folder = new TemporaryFolder();
        string table = folder["labels.csv"];
        File.WriteAllLines(table, File.ReadAllLines(Path.Combine(runs.Data, "labels.csv"))
            .Where(l => !l.Contains(",val,", StringComparison.Ordinal)));
        RunSummary summary = runs.Run($"data {table}", $"image-root {runs.Data}", "select average");
        Assert.NotNull(summary.Test!.MeanAuroc);
        Assert.Null(RunRecord.Read(summary.Folder)!.Val);
    }

    /// <summary>Eight validation images say little; many say enough. Both are said.</summary>
    [Fact]
    public void Prepare_Auto_DependsOnTheValidationImages()
    {
        using FineTuning few = runs.Prepare("select auto");
        Assert.Equal(EpochSelection.Average, few.Recipe.Validation.Select);
        Assert.Equal(0, few.Recipe.Validation.Patience);
        Assert.Contains("on 8 validation images, the best epoch would be chosen by chance",
            few.Resolved.Values.Single(v => v.Name == "select").Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(5, 7, EpochSelection.Average)]
    [InlineData(30, 70, EpochSelection.Average)]
    [InlineData(35, 75, EpochSelection.Best)]
    [InlineData(300, 700, EpochSelection.Best)]
    public void Select_PositivesAndNegatives_DecideIt(int positives, int negatives, EpochSelection expected)
    {
        var images = new Radapt.Datasets.LabelledImages(["f"], [.. Enumerable.Range(0, positives + negatives)
            .Select(i => new Radapt.Datasets.LabelledImage($"{i}", $"{i}", null, [(sbyte)(i < positives ? 1 : 0)]))]);
        Assert.Equal(expected, ValidationPlan.Select(images, null, new Radapt.Datasets.DataOptions()).Value);
    }

    [Fact]
    public void Prepare_PatienceWithoutBest_IsRefused()
    {
        RadaptException e = Assert.Throws<RadaptException>(() => runs.Prepare("select last", "patience 3").Dispose());
        Assert.StartsWith("--patience", e.Message, StringComparison.Ordinal);
    }

    private static byte[] Adapter(RunSummary summary) => File.ReadAllBytes(Path.Combine(summary.Folder, "adapter.safetensors"));
}
