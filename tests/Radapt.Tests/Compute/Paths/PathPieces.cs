using Radapt.Compute;
using Radapt.Compute.Passes;
using Radapt.Models;
using Radapt.Recipes;
using Radapt.Training;
using static TorchSharp.torch;

namespace Radapt.Tests.Compute.Paths;

/// <summary>What a step's comparison does not show: the update, and that a dropout mask is the same whatever the vectors.</summary>
internal static class PathPieces
{
    private static readonly int[] s_lengths = [1, 3, 4, 7, 8, 9, 15, 16, 17, 31, 33, 100];

    /// <summary>Runs both.</summary>
    /// <returns>Comparisons made, a line for each that failed, the kernels that ran, the largest difference.</returns>
    public static (int Count, IReadOnlyList<string> Failures, IReadOnlyList<StepKernel> Kernels, double Worst) Run()
    {
        var failures = new List<string>();
        var path = new ComputePath();
        double worst = 0;
        foreach (int length in s_lengths)
        {
            double error = UpdateError(length, path);
            worst = Math.Max(worst, error);
            if (!(error <= 1e-6))
            {
                failures.Add($"AdamW of {length} numbers: differs by {error:g3}");
            }

            if (!MaskIsAsWritten(length))
            {
                failures.Add($"dropout mask of {length} numbers is another");
            }
        }

        return (2 * s_lengths.Length, failures, [.. path.Ran.Select(r => r.Kernel)], worst);
    }

    // Two updates against Loshchilov and Hutter's formulas in float64.
    private static double UpdateError(int length, ComputePath path)
    {
        using var scope = NewDisposeScope();
        var settings = new OptimizerSettings { Kind = OptimizerKind.AdamW, WeightDecay = 0.05, Depth = 2 };
        Tensor tensor = empty(1, length);
        Initialisation.TruncatedNormal(tensor, "tensor", 1, 1);
        double[] expected = Values(tensor);
        tensor.requires_grad = true;
        using Optimizer optimizer = Optimizer.Create(settings, [("blocks.0.attn.qkv.weight", tensor)], path);
        var mean = new double[length];
        var square = new double[length];
        for (int update = 1; update <= 2; update++)
        {
            Tensor gradient = empty(1, length);
            Initialisation.TruncatedNormal(gradient, "gradient", 1, update);
            tensor.grad = gradient;
            double[] g = Values(gradient);
            optimizer.Step(0.01);
            for (int i = 0; i < length; i++)
            {
                mean[i] = (0.9 * mean[i]) + (0.1 * g[i]);
                square[i] = (0.999 * square[i]) + (0.001 * g[i] * g[i]);
                double root = Math.Sqrt(square[i] / (1 - Math.Pow(0.999, update))) + 1e-8;
                expected[i] = (expected[i] * (1 - (0.01 * 0.05))) - (0.01 * mean[i] / (1 - Math.Pow(0.9, update)) / root);
            }
        }

        return Values(tensor.detach()).Zip(expected, (a, e) => Math.Abs(a - e)).Max();
    }

    // Number i is 0 where a 32-bit hash of i and the key is below p x 2^32 (two multiplications and three shifts between them).
    private static bool MaskIsAsWritten(int length)
    {
        const double P = 0.25;
        var random = new KeyedRandom(5, RandomPurpose.Dropout, 2, 1);
        var mask = new float[length];
        new DropoutMask(random, P).Fill(mask);
        ulong key = random.NextUInt64();
        return mask.Select((m, i) => m == (Hash((uint)i, key) < (uint)(P * (1L << 32)) ? 0 : (float)(1 / (1 - P)))).All(same => same);
    }

    private static uint Hash(uint i, ulong key)
    {
        unchecked
        {
            uint x = i + (uint)key;
            x = (x ^ (x >> 16)) * 0x7FEB352D;
            x = (x ^ (x >> 15) ^ (uint)(key >> 32)) * 0x846CA68B;
            return x ^ (x >> 16);
        }
    }

    private static double[] Values(Tensor tensor) => [.. tensor.to(ScalarType.Float64).data<double>()];
}
