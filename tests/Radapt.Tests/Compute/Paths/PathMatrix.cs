using System.Diagnostics;
using System.Text.Json;
using Radapt.Compute;
using static TorchSharp.torch;

namespace Radapt.Tests.Compute.Paths;

/// <summary>
/// All paths of this process: every method and variant on models with and without what passes need, by linear maps and by convolution,
/// in float32 and bfloat16, with and without dropout and recomputation. Each step is compared with the tensor library's kernels one by one.
/// </summary>
internal static class PathMatrix
{
    // Of the norm of what is compared. float32: sums in another order. bfloat16: the passes round less often than kernels one by one.
    private const double Float32Tolerance = 1e-5;
    private const double BFloat16Tolerance = 0.05;

    // bfloat16's distance to float32 is reported beyond this multiple of the plain kernels' own; noise of one small tensor decides no test.
    private const double FartherFactor = 1.25;

    // A gradient that is zero but for rounding, such as that of the keys' bias, is measured by the largest of the step.
    private const double Floor = 0.01;

    /// <summary>Name of the result that is not of a variant: <see cref="PathPieces"/>.</summary>
    public const string Pieces = "update and dropout masks";

    /// <summary>Name of the largest growth of bfloat16's distance to float32, among the worst differences.</summary>
    public const string FromFloat32 = "bfloat16, farther from float32";

    /// <summary>
    /// Runs the paths of every variant; a line of JSON for each on standard output. The exit code is 0 whatever it finds.
    /// </summary>
    public static int Run()
    {
        TorchSharp.torch.set_num_threads(1);
        Console.WriteLine(JsonSerializer.Serialize(new PathProcessFacts(Machine.VectorBits, Radapt.Compute.Passes.Pass.IsFast)));
        foreach (string variant in PathVariant.All.Keys)
        {
            Console.WriteLine(JsonSerializer.Serialize(Run(variant)));
        }

        var watch = Stopwatch.StartNew();
        (int count, IReadOnlyList<string> failures, IReadOnlyList<StepKernel> kernels, double worst) = PathPieces.Run();
        Console.WriteLine(
            JsonSerializer.Serialize(new PathResult(Pieces, count, failures, Names(kernels), Worst(worst, 0), watch.Elapsed.TotalSeconds)));

        return 0;
    }

    /// <summary>Runs the paths of a variant.</summary>
    public static PathResult Run(string variant)
    {
        var failures = new List<string>();
        var kernels = new HashSet<StepKernel>();
        var worst = Worst(0, 0);
        int paths = 0;
        var watch = Stopwatch.StartNew();
        foreach (IGrouping<object, PathCase> same in PathCase.Create(variant).GroupBy(c => (object)(c.Model, c.Precision, c.Dropout)))
        {
            using var outer = NewDisposeScope();
            PathStep plain = PathStep.RunPlain(same.First());
            PathStep? exact = same.First().Precision == "float32" ? null : PathStep.RunPlain(same.First() with { Precision = "float32" });
            Dictionary<string, double>? plainDistance = exact is null ? null : Differences(exact, plain);
            foreach (PathCase c in same)
            {
                using var scope = NewDisposeScope();
                paths++;
                try
                {
                    PathStep step = PathStep.Run(c);
                    kernels.UnionWith(step.Kernels.Select(k => k.Kernel));
                    (string where, double error) = Largest(Differences(plain, step));
                    worst[c.Precision] = Math.Max(worst[c.Precision], error);
                    if (!(error <= (exact is null ? Float32Tolerance : BFloat16Tolerance)))
                    {
                        failures.Add($"{c}: {where} differs by {error:g3}");
                    }

                    if (step.Neighbours != 0)
                    {
                        failures.Add($"{c}: logits of an image change by {step.Neighbours:g3} with the images beside it");
                    }

                    if (exact is not null)
                    {
                        (_, error) = Largest(Differences(exact, step)
                            .ToDictionary(d => d.Key, d => d.Value - (FartherFactor * plainDistance![d.Key])));
                        worst[FromFloat32] = Math.Max(worst[FromFloat32], error);
                    }
                }
                catch (Exception e)
                {
                    failures.Add($"{c}: {e.GetType().Name}: {e.Message.Split('\n')[0]}");
                }
            }
        }

        return new PathResult(variant, paths, failures, Names(kernels), worst, watch.Elapsed.TotalSeconds);
    }

    private static Dictionary<string, double> Differences(PathStep expected, PathStep actual)
    {
        double largest = expected.Gradients.Values.Max(g => g is null ? 0 : Norm(g));
        Dictionary<string, double> differences =
            expected.Gradients.ToDictionary(g => $"gradient of {g.Key}",
                g => Difference(g.Value, actual.Gradients[g.Key], Floor * largest));
        differences["loss"] = Math.Abs(expected.Loss - actual.Loss) / Math.Abs(expected.Loss);
        differences["logits"] = Difference(expected.Logits, actual.Logits, 0);
        differences["logits of the merged model"] = Difference(expected.Merged, actual.Merged, 0);
        return differences;
    }

    private static (string Where, double Error) Largest(Dictionary<string, double> differences)
    {
        (string where, double error) = differences.MaxBy(d => double.IsNaN(d.Value) ? double.PositiveInfinity : d.Value);
        return (where, error);
    }

    private static double Difference(Tensor? expected, Tensor? actual, double floor)
    {
        if (expected is null || actual is null)
        {
            return ReferenceEquals(expected, actual) ? 0 : double.PositiveInfinity;
        }

        return Norm(actual - expected) / (Norm(expected) + floor);
    }

    private static string[] Names(IEnumerable<StepKernel> kernels) => [.. kernels.Select(k => $"{k.Part}: {k.Name}")];

    private static Dictionary<string, double> Worst(double float32, double bfloat16) => new()
    {
        ["float32"] = float32,
        ["bfloat16"] = bfloat16,
        [FromFloat32] = 0,
    };

    private static double Norm(Tensor tensor) => tensor.to(ScalarType.Float64).norm().item<double>();
}

/// <summary>What a process of the matrix says of itself.</summary>
internal sealed record PathProcessFacts(int VectorBits, bool HasFastPasses);

/// <summary>What came of a variant's paths.</summary>
/// <param name="Variant">Name of the variant.</param>
/// <param name="Paths">Paths that ran.</param>
/// <param name="Failures">A line for each that failed.</param>
/// <param name="Kernels">The kernels that ran.</param>
/// <param name="Worst">Largest difference by precision.</param>
/// <param name="Seconds">Time taken.</param>
internal sealed record PathResult(
    string Variant, int Paths, IReadOnlyList<string> Failures, IReadOnlyList<string> Kernels, IReadOnlyDictionary<string, double> Worst,
        double Seconds);
