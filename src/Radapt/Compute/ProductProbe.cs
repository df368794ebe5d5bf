using System.Diagnostics;
using System.Runtime.Intrinsics.X86;
using TorchSharp;
using static TorchSharp.torch;

namespace Radapt.Compute;

/// <summary>What <c>--precision auto</c> and the choice of kernels go by.</summary>
/// <param name="Precision"><c>float32</c> or <c>bfloat16</c>.</param>
/// <param name="Products">How float32 products run.</param>
/// <param name="Reason">What was asked and measured, for people.</param>
public sealed record ProductChoice(string Precision, string Products, string Reason);

/// <summary>Asks the processor what it can do and confirms it by timing one product in each way; takes about a tenth of a second.</summary>
public static class ProductProbe
{
    private const int Rows = 1576;     // 8 images of 197 tokens
    private const int Inputs = 768;
    private const int Outputs = 768;
    private const int Repeats = 5;
    private const double Faster = 1.02;     // both are float32: any gain that is not noise
    private const double Worthwhile = 1.15; // of bfloat16: below that, exactness is worth more than speed

    /// <summary>The processor has bfloat16 products in hardware (AVX512-BF16, AMX or Arm's BF16).</summary>
    public static bool HasBfloat16 => X86Base.IsSupported
        ? (X86Base.CpuId(7, 1).Eax & (1 << 5)) != 0 || (X86Base.CpuId(7, 0).Edx & (1 << 22)) != 0
        : System.Runtime.Intrinsics.Arm.ArmBase.Arm64.IsSupported && OperatingSystem.IsLinux()
            && File.Exists("/proc/cpuinfo") && File.ReadAllText("/proc/cpuinfo").Contains(" bf16", StringComparison.Ordinal);

    /// <summary>Chooses for this processor.</summary>
    /// <param name="precision"><c>auto</c>, or a precision that is wanted whatever the probe says.</param>
    public static ProductChoice Choose(string precision)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        Tensor input = ones(Rows, Inputs);
        Tensor weight = ones(Outputs, Inputs);
        double linear = Fastest(() => nn.functional.linear(input, weight));
        double convolution = Fastest(() => Kernels.LinearByConvolution(input, weight, null));
        string products = convolution * Faster < linear ? "convolution" : "linear";
        double float32Time = Math.Min(linear, convolution);
        string rates = $"float32 {Rate(linear)} GFLOP/s ({Rate(convolution)} by convolution)";
        if (precision != "auto")
        {
            return new ProductChoice(precision, products, $"given; {rates}");
        }

        if (!HasBfloat16)
        {
            return new ProductChoice("float32", products, $"the processor has no bfloat16 products; {rates}");
        }

        Tensor input16 = input.to(ScalarType.BFloat16);
        Tensor weight16 = weight.to(ScalarType.BFloat16);
        double bfloat16 = Fastest(() => nn.functional.linear(input16, weight16));
        bool faster = bfloat16 * Worthwhile < float32Time;
        return new ProductChoice(
            faster ? "bfloat16" : "float32", products, $"a probe of this processor measured bfloat16 {Rate(bfloat16)}, {rates}");
    }

    private static string Rate(double seconds) => (2e-9 * Rows * Inputs * Outputs / seconds).ToString("f0", System.Globalization.CultureInfo.InvariantCulture);

    private static double Fastest(Func<Tensor> product)
    {
        product().Dispose();
        double fastest = double.MaxValue;
        for (int i = 0; i < Repeats; i++)
        {
            long start = Stopwatch.GetTimestamp();
            product().Dispose();
            fastest = Math.Min(fastest, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        return fastest;
    }
}
