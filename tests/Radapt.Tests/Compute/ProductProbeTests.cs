using Radapt.Compute;
using Radapt.Compute.Passes;

namespace Radapt.Tests.Compute;

public class ProductProbeTests
{
    private static readonly Dictionary<string, double> s_alike = new()
    {
        ["packed"] = 1,
        ["linear"] = 0.97,
        ["convolution"] = 0.8,
        ["bfloat16"] = 0.97,
    };

    // M21: with rates that differ by no more than a machine's noise, every run chooses the same.
    [Fact]
    public void Choose_RatesAlikeWithNoise_IsAlwaysTheSame()
    {
        for (int run = 0; run < 50; run++)
        {
            var random = new Random(run);
            ProductChoice choice = ProductProbe.Choose("auto", true, (way, _) => s_alike[way] * (1 + (0.05 * random.NextDouble())));
            Assert.Equal(("bfloat16", Usual), (choice.Precision, choice.Products));
        }
    }

    // A machine that is busy for some of the rounds
    [Fact]
    public void Choose_OneRoundUndisturbed_IsDecidedByIt()
    {
        var calls = new Dictionary<string, int>();
        ProductChoice choice = ProductProbe.Choose("float32", false, (way, _) =>
        {
            calls[way] = calls.GetValueOrDefault(way) + 1;
            double time = way == "linear" ? 0.6 : 1;
            return calls[way] == 3 ? time : time * (way == "linear" ? 5 : 2);
        });
        Assert.Equal("linear", choice.Products);
    }

    [Theory]
    [InlineData("linear", 0.6)]
    [InlineData("convolution", 0.5)]
    public void Choose_OneClearlyFaster_IsTaken(string way, double seconds)
    {
        ProductChoice choice = ProductProbe.Choose("float32", true, (w, _) => w == way ? seconds : 1);
        Assert.Equal(way, choice.Products);
        Assert.Equal("float32", choice.Precision);
    }

    [Theory]
    [InlineData(true, 0.5, "bfloat16")]
    [InlineData(true, 1.4, "bfloat16")] // slower, but not clearly: a busy machine
    [InlineData(true, 1.6, "float32")]
    [InlineData(false, 0.1, "float32")]
    public void Choose_Bfloat16_IsUsualWhereTheProcessorHasIt(bool has, double seconds, string precision) =>
        Assert.Equal(precision, ProductProbe.Choose("auto", has, (way, _) => way == "bfloat16" ? seconds : 1).Precision);

    private static string Usual => Pass.IsFast ? "packed" : "linear";
}
