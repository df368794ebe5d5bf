using Radapt.Compute;
using static TorchSharp.torch;

namespace Radapt.Adaptation.Lora;

/// <summary>
/// How far the update of an averaged adapter is from the weighted mean of the updates, and how far the product of the means of A and of B
/// would be, in which many systems average. Relative: the root of the summed squares of the difference over that of the mean.
/// </summary>
/// <param name="Stored">Of the adapter.</param>
/// <param name="FactorsApart">Of A and B averaged apart.</param>
internal sealed record LoraMeanError(double Stored, double FactorsApart)
{
    private const string Right = ".lora_A";
    private const string Left = ".lora_B";

    /// <summary>Measures, in float64.</summary>
    /// <param name="options">Of every run.</param>
    /// <param name="runs">Their tensors by name.</param>
    /// <param name="shares">Their shares in the mean, which add up to 1.</param>
    /// <param name="mean">Options and tensors of the adapter.</param>
    public static LoraMeanError Measure(LoraOptions options, IReadOnlyList<IReadOnlyDictionary<string, Tensor>> runs,
        IReadOnlyList<double> shares, (LoraOptions Options, IReadOnlyDictionary<string, Tensor> Tensors) mean)
    {
        using var noGradient = no_grad();
        (double stored, double apart, double all) = (0, 0, 0);
        foreach (string right in runs[0].Keys.Where(n => n.EndsWith(Right, StringComparison.Ordinal)))
        {
            string left = right[..^Right.Length] + Left;
            long groups = runs[0][right].shape[0] / runs[0][left].shape[1];
            for (int g = 0; g < groups; g++)
            {
                using var scope = NewDisposeScope();
                Tensor exact = Weighted(r => Update(options, r[right], r[left], groups, g));
                Tensor product = Update(options, Weighted(r => r[right].to(float64)), Weighted(r => r[left].to(float64)), groups, g);
                stored += Squares(Update(mean.Options, mean.Tensors[right], mean.Tensors[left], groups, g).sub(exact));
                apart += Squares(product.sub(exact));
                all += Squares(exact);
            }
        }

        return new LoraMeanError(Relative(stored), Relative(apart));

        double Relative(double squares) => all > 0 ? Math.Sqrt(squares / all) : 0;

        Tensor Weighted(Func<IReadOnlyDictionary<string, Tensor>, Tensor> of) =>
            runs.Zip(shares, (run, share) => of(run).Times(share)).Aggregate((a, b) => a.Plus(b));
    }

    // (out of one part, in), float64
    private static Tensor Update(LoraOptions options, Tensor right, Tensor left, long groups, int group)
    {
        long rank = left.shape[1];
        long rows = left.shape[0] / groups;
        return left.narrow(0, group * rows, rows).to(float64).matmul(right.narrow(0, group * rank, rank).to(float64))
            .Times((options with { Rank = (int)rank }).Scale);
    }

    private static double Squares(Tensor tensor) => tensor.square().sum().item<double>();
}
