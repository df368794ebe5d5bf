using Radapt.Compute;
using static TorchSharp.torch;

namespace Radapt.Adaptation.Lora;

/// <summary>
/// The update of the given rank that is closest to an update of a higher rank, in the sum of squares (Eckart and Young 1936): its largest
/// singular values. The singular values come from the small product of the triangular factors of B and A', so the update is never formed.
/// </summary>
internal static class LoraTruncation
{
    private const string Right = ".lora_A";
    private const string Left = ".lora_B";

    /// <summary>Cuts every update.</summary>
    /// <param name="options">Of the updates.</param>
    /// <param name="tensors">Trained tensors by name; those that are not low-rank factors stay as they are.</param>
    /// <param name="rank">The rank to keep, where an update has more.</param>
    /// <returns>The options, and the tensors, which the caller's scope owns.</returns>
    public static (LoraOptions Options, IReadOnlyList<(string Name, Tensor Tensor)> Tensors) Cut(
        LoraOptions options, IReadOnlyList<(string Name, Tensor Tensor)> tensors, int rank)
    {
        using var noGradient = no_grad();
        LoraOptions cut = options with { Rank = Math.Min(rank, options.Rank), Ranks = [.. options.Ranks.Select(r => Math.Min(rank, r))] };
        var rights = tensors.Where(t => t.Name.EndsWith(Right, StringComparison.Ordinal)).ToDictionary(t => t.Name, t => t.Tensor);
        var result = new List<(string Name, Tensor Tensor)>();
        foreach ((string name, Tensor tensor) in tensors)
        {
            if (name.EndsWith(Left, StringComparison.Ordinal))
            {
                string projection = name[..^Left.Length];
                (Tensor right, Tensor left) = Cut(options, rights[projection + Right], tensor, rank);
                result.Add((projection + Right, right));
                result.Add((name, left));
            }
            else if (!rights.ContainsKey(name))
            {
                result.Add((name, tensor));
            }
        }

        return (cut, result);
    }

    private static (Tensor Right, Tensor Left) Cut(LoraOptions options, Tensor right, Tensor left, int rank)
    {
        using var scope = NewDisposeScope();
        long old = left.shape[1];
        long groups = right.shape[0] / old;
        long kept = Math.Min(rank, old);
        double scale = (options with { Rank = (int)old }).Scale / (options with { Rank = (int)kept }).Scale;
        Tensor[] rights = right.to(float64).split(old);
        Tensor[] lefts = left.to(float64).split(left.shape[0] / groups);
        var (newRights, newLefts) = (new Tensor[groups], new Tensor[groups]);
        for (int g = 0; g < groups; g++)
        {
            (Tensor basisOfLeft, Tensor triangleOfLeft) = linalg.qr(lefts[g]);
            (Tensor basisOfRight, Tensor triangleOfRight) = linalg.qr(rights[g].transpose(0, 1));
            (Tensor u, Tensor s, Tensor vh) = linalg.svd(triangleOfLeft.matmul(triangleOfRight.transpose(0, 1)), fullMatrices: false);
            // An update of fewer channels than the rank has fewer singular values; the rest is zeros.
            if (s.shape[0] < kept)
            {
                long missing = kept - s.shape[0];
                u = nn.functional.pad(u, [0, missing]);
                s = nn.functional.pad(s, [0, missing]);
                vh = nn.functional.pad(vh, [0, 0, 0, missing]);
            }

            Tensor root = s.narrow(0, 0, kept).Times(scale).sqrt();
            newLefts[g] = basisOfLeft.matmul(u.narrow(1, 0, kept)).mul(root);
            newRights[g] = root.unsqueeze(1).mul(vh.narrow(0, 0, kept)).matmul(basisOfRight.transpose(0, 1));
        }

        return (cat(newRights, 0).to(float32).MoveToOuterDisposeScope(), cat(newLefts, 0).to(float32).MoveToOuterDisposeScope());
    }
}
