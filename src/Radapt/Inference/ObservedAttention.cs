using Radapt.Adaptation;
using Radapt.Compute;
using Radapt.Models;
using static TorchSharp.torch;

namespace Radapt.Inference;

/// <summary>The attention of every block while a classifier looks at images. Observes from construction to disposal.</summary>
internal sealed class ObservedAttention : IDisposable
{
    private readonly Classifier _classifier;
    private readonly List<Tensor> _blocks = [];

    /// <summary>Begins to observe.</summary>
    /// <param name="classifier">The classifier; in float32, where gradients are asked for.</param>
    /// <param name="hasGradients">Gradients with respect to the attention are asked for.</param>
    /// <exception cref="RadaptException">There is no such heat map; see <see cref="Refusal"/>.</exception>
    public ObservedAttention(Classifier classifier, bool hasGradients)
    {
        if (Refusal(classifier, hasGradients) is { } refusal)
        {
            throw new RadaptException(refusal);
        }

        _classifier = classifier;
        foreach (Block block in classifier.Encoder.blocks)
        {
            block.attn.Observer = attention =>
            {
                Tensor seen = hasGradients && !attention.requires_grad ? attention.detach().requires_grad_(true) : attention;
                _blocks.Add(seen.DetachFromDisposeScope());
                return seen;
            };
        }
    }

    /// <summary>Why a classifier has no heat maps: it adds tokens, which are at other places in every block, or asks for gradients of a
    /// head that has none; null: it has.</summary>
    public static string? Refusal(Classifier classifier, bool hasGradients) =>
        classifier.Encoder.TokenAdapter is not null ? "Heat maps from attention are not defined where the method adds tokens (vpt)."
        : hasGradients && classifier.Head.Vote is not null ? "Heat maps of a finding need gradients, which votes of neighbours (knn) lack."
        : null;

    /// <summary>Of every block in order, (B, H, N, N): how much each token (row) takes from each (column).</summary>
    public IReadOnlyList<Tensor> Blocks => _blocks;

    /// <summary>
    /// What the head makes of relations between tokens: of each patch, the mean over the tokens that the head reads.
    /// </summary>
    /// <param name="classifier">The classifier.</param>
    /// <param name="relations">(B, N, N): how much each token (row) has of each token of the input (column).</param>
    /// <returns>(B, G, G), float32</returns>
    public static Tensor ToPatches(Classifier classifier, Tensor relations)
    {
        BackboneShape shape = classifier.Encoder.Shape;
        int first = 1 + shape.Registers;
        Tensor mean = relations[.., first.., ..].mean([1]), token = relations[.., 0]; // (B, N)
        Tensor read = classifier.Pooling switch
        {
            Pooling.Mean => mean,
            Pooling.ClassToken => token,
            _ => mean.Plus(token).DividedBy(2),
        };
        return read[.., first..].reshape(-1, shape.Grid, shape.Grid);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Block block in _classifier.Encoder.blocks)
        {
            block.attn.Observer = null;
        }

        foreach (Tensor block in _blocks)
        {
            block.Dispose();
        }
    }
}
