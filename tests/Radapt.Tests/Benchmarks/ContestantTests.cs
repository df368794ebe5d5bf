using System.Text.Json.Nodes;
using Radapt.Bench;
using Radapt.Benchmarks;
using Radapt.Compute;
using Radapt.Models;

namespace Radapt.Tests.Benchmarks;

/// <summary>What bench/Radapt.Bench compares with computes the same as Radapt.</summary>
public class ContestantTests
{
    public static TheoryData<string> Steps => [.. BenchmarkedStep.Classifying];

    [Theory]
    [MemberData(nameof(Steps))]
    public void ReferenceContestant_SameWeights_AgreesWithRadapt(string step)
    {
        using var reference = new ReferenceContestant(step, TinyBenchmark.Options, dropout: false);
        Assert.True(reference.Difference < 1e-4, $"{reference.Difference}");
        reference.Step();
    }

    [Fact]
    public void ReferenceContestant_OtherImages_DoesNotAgree()
    {
        using var reference = new StepSession(BenchmarkedStep.TrainLora, TinyBenchmark.Options, ComputePlan.Float32, dropout: false);
        using var other = new StepSession(BenchmarkedStep.TrainLora, TinyBenchmark.Options with
        {
            Seed = 1,
        }, ComputePlan.Float32, dropout: false);
        Assert.True(Math.Abs(reference.Step() - other.Step()) > 1e-3); // so 1e-4 above says something
    }

    [Fact]
    public void OnnxRuntimeContestant_SameWeights_AgreesWithRadapt()
    {
        using var contestant = new OnnxRuntimeContestant(TinyBenchmark.Options, 1);
        Assert.True(contestant.Difference < 1e-3, $"{contestant.Difference}");
        contestant.Step();
    }

    [Fact]
    public void ContestantProcess_LargerModel_HasItsOwnLargerPeakMemory()
    {
        var plan = new ComputePlan("bfloat16", "cpu", 1);
        double small = Peak(TinyBenchmark.Options);
        double large = Peak(TinyBenchmark.Options with { Backbone = new BackboneShape(28, 4, 4, 768, 12) });
        Assert.InRange(small, 30, 2000);
        Assert.InRange(large, small + 50, 3000); // 28 M weights

        double Peak(BenchmarkOptions options)
        {
            using var process = new ContestantProcess(Contestants.Radapt, new StepRequest(BenchmarkedStep.Inference, options, plan));
            process.Run(1);
            Assert.True(process.ImagesPerSecond > 0);
            return process.PeakMemoryMib();
        }
    }

    [Fact]
    public void Comparison_Inference_HasTheRatiosOfTheContract()
    {
        ComputePlan[] plans = [new("bfloat16", "cpu", 1), new("float32", "cpu", 1)];
        var comparison = new Comparison(TinyBenchmark.Options, plans, 1, _ => { });
        BenchmarkReport report = comparison.Run([BenchmarkedStep.Inference]);
        JsonNode json = JsonNode.Parse(comparison.ToJson(report).ToJsonString())!;

        string[] keys = ["ratio.reference.inference", "ratio.onnxruntime.inference", "precisions.float32.ratio.reference.inference",
            "limit.bfloat16.gflops"];
        Assert.All(keys,
            key => Assert.True(key.Split('.').Aggregate((JsonNode?)json, (node, part) => node?[part])?.GetValue<double>() > 0, key));
        Assert.Contains(report.ToLines(), line => line.StartsWith("inference bfloat16", StringComparison.Ordinal));
    }
}
