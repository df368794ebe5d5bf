using System.Text.Json.Nodes;
using Radapt.Benchmarks;
using Radapt.Compute;
using Radapt.Compute.Passes;

namespace Radapt.Tests.Benchmarks;

public class BenchmarkTests
{
    [Fact]
    public void ToJson_EveryStepAndTheLoader_HasTheKeysOfTheContract()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        var bfloat16 = new ComputePlan("bfloat16", "cpu", 2);
        StepFigures[] steps =
            [.. BenchmarkedStep.Names.Select(s => Benchmark.MeasureStep(s, TinyBenchmark.Options, bfloat16, cancellation)),
            Benchmark.MeasureStep(BenchmarkedStep.TrainLora, TinyBenchmark.Options, ComputePlan.Float32, cancellation)];
        LoaderFigures loader = Benchmark.MeasureLoader(TinyBenchmark.Options, cancellation);

        JsonNode json = JsonNode.Parse(new BenchmarkReport(TinyBenchmark.Options, steps, loader).ToJson().ToJsonString())!;

        string[] figures = ["images_per_second", "fraction_of_limit", "peak_memory_mib"];
        string[] keys = ["limit.bfloat16.gflops", "limit.float32.gflops", "loader.cached_images_per_second",
            .. BenchmarkedStep.Names.SelectMany(s => figures.Select(f => $"{s}.{f}"))];
        Assert.All(keys, key => Assert.True(Find(json, key) > 0, key));
        Assert.Equal(Find(json, "train.full.gflops") / Find(json, "train.full.limit_gflops"),
            Find(json, "train.full.fraction_of_limit"), 1e-9);
        Assert.True(Find(json, "peak.bfloat16.gflops") > 0);
        Assert.Equal(Pass.IsFast, Find(json, "peak.float32.gflops") > 0);
        Assert.Equal(Find(json, "train.full.gflops") / Find(json, "train.full.peak_gflops"),
            Find(json, "train.full.fraction_of_peak"), 1e-9);
        Assert.Equal(Find(json, "train.lora.limit_gflops"), Find(json, "limit.bfloat16.gflops"), 1e-9);
        Assert.Equal(Find(json, "train.lora.images_per_second"), Find(json, "precisions.bfloat16.train.lora.images_per_second"));
        Assert.True(Find(json, "precisions.float32.train.lora.images_per_second") > 0);
    }

    [Fact]
    public void Limit_Products_SumsOperationsOverSumOfTimes()
    {
        var limit = new MatrixLimit(
        [
            new ProductTime(new MatrixProduct("a", ProductLayout.Plain, 1000, 1000, 500, 1, 2), 10), // 1 GFLOP, 20 ms in all 2
            new ProductTime(new MatrixProduct("b", ProductLayout.Plain, 100, 100, 50, 1000, 1), 40),
        ]);
        Assert.Equal(3, limit.Gflop, 1e-9);
        Assert.Equal(60, limit.Milliseconds, 1e-9);
        Assert.Equal(50, limit.Gflops, 1e-9);
    }

    [Fact]
    public void Read_WhatWriteWrote_IsEqual()
    {
        var limit = new MatrixLimit([new ProductTime(new MatrixProduct("qkv", ProductLayout.SecondTransposed, 3, 4, 5, 1, 2), 0.25)]);
        var figures = new StepFigures(BenchmarkedStep.TrainLora, "float32", 10, 70.2, 2048, limit, new ProcessorPeak(150, "multiply-adds"));

        StepFigures read = BenchmarkReport.Read(BenchmarkReport.Write(figures));

        Assert.Equal(figures with { Limit = limit }, read with { Limit = limit });
        Assert.Equal(limit.Products, read.Limit.Products);
    }

    [Fact]
    public void Step_FullFineTuning_LossFalls()
    {
        using var session = new StepSession(BenchmarkedStep.TrainFull, TinyBenchmark.Options, ComputePlan.Float32, dropout: false);
        double first = session.Step();
        session.Run(30, TestContext.Current.CancellationToken);
        Assert.True(session.Step() < first);
    }

    [Theory]
    [InlineData(0, 4)]
    [InlineData(4, 0)]
    public void MeasureStep_NumberOutOfRange_SaysWhich(int batch, int rank)
    {
        BenchmarkOptions options = TinyBenchmark.Options with { BatchSize = batch, Rank = rank };
        Assert.Throws<RadaptException>(
            () => Benchmark.MeasureStep(BenchmarkedStep.Inference, options, ComputePlan.Float32, TestContext.Current.CancellationToken));
    }

    private static double Find(JsonNode root, string path) =>
        path.Split('.').Aggregate((JsonNode?)root, (node, part) => node?[part])?.GetValue<double>() ?? double.NaN;
}
