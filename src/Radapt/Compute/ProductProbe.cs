using System.Diagnostics;
using System.Globalization;
using System.Runtime.Intrinsics.X86;
using Radapt.Compute.Functions;
using Radapt.Compute.Passes;
using static TorchSharp.torch;

namespace Radapt.Compute;

/// <summary>
/// Asks the processor what it can do and confirms it by timing one product in each way; takes about a quarter of a second. A choice
/// decides the bits of a result, so it must not change from run to run on one machine: the usual way is given up only for one that
/// is clearly faster.
/// </summary>
internal static class ProductProbe
{
    private const int Rows = 1576;     // 8 images of 197 tokens
    private const int Inputs = 768;
    private const int Outputs = 768;
    private const int Rounds = 7;

    // Half as fast again. On one machine (Zen 5) the ratio of two ways was measured between 1.0 and 1.3, as its other work came and went,
    // and bfloat16 was 1.1 to 2.2 times as fast as float32: a limit in that range would let the other work choose the precision.
    private const double Clearly = 1.5;

    /// <summary>The processor has bfloat16 products in hardware (AVX512-BF16, AMX or Arm's BF16).</summary>
    public static bool HasBfloat16 => X86Base.IsSupported
        ? (X86Base.CpuId(7, 1).Eax & (1 << 5)) != 0 || (X86Base.CpuId(7, 0).Edx & (1 << 22)) != 0
        : System.Runtime.Intrinsics.Arm.ArmBase.Arm64.IsSupported && OperatingSystem.IsLinux()
            && File.Exists("/proc/cpuinfo") && File.ReadAllText("/proc/cpuinfo").Contains(" bf16", StringComparison.Ordinal);

    /// <summary>Chooses for this processor.</summary>
    /// <param name="precision"><c>auto</c>, or a precision that is wanted whatever the probe says.</param>
    public static ProductChoice Choose(string precision) => Choose(precision, HasBfloat16, Seconds);

    /// <summary>The same with another clock.</summary>
    /// <param name="precision">As there.</param>
    /// <param name="hasBfloat16">What the processor has.</param>
    /// <param name="seconds">Times one of the ways (<c>packed</c>, <c>linear</c>, <c>convolution</c>, <c>bfloat16</c>) to compute the
    /// product that it is given.</param>
    internal static ProductChoice Choose(string precision, bool hasBfloat16, Func<string, Func<Tensor>, double> seconds)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        Tensor input = ones(Rows, Inputs);
        Tensor weight = ones(Outputs, Inputs);
        int threads = get_num_threads();
        var ways = new List<(string Name, Func<Tensor> Product)>();
        if (Pass.IsFast)
        {
            ways.Add(("packed", () => FrozenProduct.Apply(input, weight, null, threads)));
        }

        ways.Add(("linear", () => nn.functional.linear(input, weight)));
        ways.Add(("convolution", () => Kernels.LinearByConvolution(input, weight, null)));
        bool asksBfloat16 = precision == "auto" && hasBfloat16;
        if (asksBfloat16)
        {
            (Tensor input16, Tensor weight16) = (input.to(ScalarType.BFloat16), weight.to(ScalarType.BFloat16));
            ways.Add(("bfloat16", () => nn.functional.linear(input16, weight16)));
        }

        Dictionary<string, double> fastest = Fastest(ways, seconds);
        string products = ways[0].Name; // where rates are alike
        foreach ((string name, _) in ways.Where(w => w.Name != "bfloat16" && fastest[w.Name] * Clearly < fastest[ways[0].Name]))
        {
            products = fastest[name] < fastest[products] ? name : products;
        }

        string rates = "float32 " + string.Join(", ", ways.Where(w => w.Name != "bfloat16")
            .Select(w => $"{Rate(fastest[w.Name])} {w.Name}")) + " GFLOP/s";
        if (!asksBfloat16)
        {
            return precision == "auto"
                ? new ProductChoice("float32", products, $"the processor has no bfloat16 products; {rates}")
                : new ProductChoice(precision, products, $"given; {rates}");
        }

        bool isUsual = fastest["bfloat16"] < fastest[products] * Clearly; // the processor has it in hardware
        return new ProductChoice(
            isUsual ? "bfloat16" : "float32", products,
                $"a probe of this processor measured bfloat16 {Rate(fastest["bfloat16"])}, {rates}");
    }

    // In turns, so that whatever else the machine does meets all of them; the fastest, since everything else only adds to a time.
    private static Dictionary<string, double> Fastest(
        List<(string Name, Func<Tensor> Product)> ways, Func<string, Func<Tensor>, double> seconds)
    {
        foreach ((_, Func<Tensor> product) in ways)
        {
            product().Dispose();
        }

        var fastest = ways.ToDictionary(w => w.Name, _ => double.MaxValue);
        for (int round = 0; round < Rounds; round++)
        {
            foreach ((string name, Func<Tensor> product) in ways)
            {
                fastest[name] = Math.Min(fastest[name], seconds(name, product));
            }
        }

        return fastest;
    }

    private static double Seconds(string name, Func<Tensor> product)
    {
        long start = Stopwatch.GetTimestamp();
        product().Dispose();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static string Rate(double seconds) => (2e-9 * Rows * Inputs * Outputs / seconds).ToString("f0", CultureInfo.InvariantCulture);
}
