using Radapt.Benchmarks;
using Radapt.Models;

namespace Radapt.Tests.Benchmarks;

public class StepProductsTests
{
    private static readonly BackboneShape s_base = BackboneShape.FromName("vit_base_patch16_224")!;

    [Theory]
    [InlineData(BenchmarkedStep.Inference, 35.1)]
    [InlineData(BenchmarkedStep.TrainLinear, 35.1)]
    [InlineData(BenchmarkedStep.TrainLora, 70.2)]
    [InlineData(BenchmarkedStep.TrainLoraRecompute, 70.2)]
    [InlineData(BenchmarkedStep.TrainFull, 105.3)]
    [InlineData(BenchmarkedStep.TrainMae, 58.0)]
    public void GflopPerImage_VitBase_IsThePublishedFigure(string step, double expected) =>
        Assert.Equal(expected, StepProducts.GflopPerImage(step, s_base), 0.1);

    [Theory]
    [InlineData(BenchmarkedStep.Inference, 0)]
    // attention's backward pass and LoRA's products, less what nothing below the first adapter needs
    [InlineData(BenchmarkedStep.TrainLora, 0.009)]
    [InlineData(BenchmarkedStep.TrainFull, -0.003)] // attention's backward pass, less what the patch embedding does not need
    public void Of_VitBase_SumIsWhatTheStepIsCreditedWith(string step, double difference)
    {
        double computed = StepProducts.ForStep(step, s_base, 16, 4).Sum(p => p.Gflop * p.Count) / 16;
        double credited = StepProducts.GflopPerImage(step, s_base);
        Assert.Equal(difference, (computed / credited) - 1, 0.001);
    }

    [Fact]
    public void Of_LoraStep_HasNoWeightGradientOfTheBackbone() =>
        Assert.DoesNotContain(StepProducts.ForStep(BenchmarkedStep.TrainLora, s_base, 16, 4),
            p => p.M == 768 && p.N == 768 && p.Layout == ProductLayout.FirstTransposed);

    [Fact]
    public void Of_UnknownStep_SaysWhichThereAre() =>
        Assert.Contains("train.lora, train.lora_recompute, train.full",
            Assert.Throws<RadaptException>(() => BenchmarkedStep.Method("train.bitfit")).Message, StringComparison.Ordinal);
}
