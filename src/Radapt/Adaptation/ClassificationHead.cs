using Radapt.Adaptation.Probes;
using Radapt.Compute;
using Radapt.Models;
using static TorchSharp.torch;

namespace Radapt.Adaptation;

/// <summary>Tokens to one logit per finding, as the paper's code does it; the tensors are named as in its checkpoints.</summary>
internal sealed class ClassificationHead : nn.Module
{
    public readonly LayerNorm? fc_norm; // mean pooling only
    public readonly Projection head;    // (F, C); (F, 2C) where it reads class token and mean

    private readonly int _firstPatch;
    private readonly Pooling _pooling;

    public ClassificationHead(BackboneShape shape, int findings, Pooling pooling, Kernels kernels)
        : base(nameof(ClassificationHead))
    {
        (_firstPatch, _pooling) = (1 + shape.Registers, pooling);
        fc_norm = pooling == Pooling.Mean ? new LayerNorm(shape.Width, shape.Epsilon, kernels) : null;
        head = new Projection(InputWidth(shape, pooling), findings, kernels);
        RegisterComponents();
    }

    /// <summary>Takes the place of norm and linear map; null: these compute the logits. Owned by this head.</summary>
    public NeighbourVote? Vote
    {
        get;
        set
        {
            field?.Dispose();
            field = value;
        }
    }

    /// <summary>Channels that the head's linear map reads.</summary>
    public static int InputWidth(BackboneShape shape, Pooling pooling) => pooling == Pooling.ClassAndMean ? 2 * shape.Width : shape.Width;

    /// <summary>fc_norm at 1 and 0; head from a truncated normal with standard deviation 2e-5, bias 0 (MAE's fine-tuning).</summary>
    public void Initialise(long seed)
    {
        PlainNormInPlace();
        Initialisation.TruncatedNormal(head.weight, "head.weight", 2e-5, seed);
        Initialisation.Fill(head.bias, 0);
    }

    /// <summary>What the head's linear map reads, float32 from here on.</summary>
    /// <param name="tokens">(B, N, C)</param>
    /// <returns>(B, C)</returns>
    public Tensor Features(Tensor tokens) => Normalise(Pool(tokens));

    /// <summary>The part of <see cref="Features"/> that has no weights.</summary>
    /// <param name="tokens">(B, N, C)</param>
    /// <returns>(B, C), or (B, 2C) for class token and mean; float32</returns>
    public Tensor Pool(Tensor tokens) => _pooling switch
    {
        Pooling.Mean or Pooling.NormedMean => Mean(tokens),
        Pooling.ClassToken => Class(tokens),
        _ => cat([Class(tokens), Mean(tokens)], 1),
    };

    /// <summary>(B, N, C) -> logits (B, F).</summary>
    public Tensor Forward(Tensor tokens, ForwardPass pass) => ForwardPooled(Pool(tokens), pass);

    /// <summary>
    /// (B, C), from <see cref="Pool"/> -> logits (B, F). In evaluation, images are multiplied one by one: the tensor library multiplies a
    /// single row in another order than several, and what is said of an image must not depend on those beside it.
    /// </summary>
    public Tensor ForwardPooled(Tensor pooled, ForwardPass pass)
    {
        Tensor read = Vote is null ? Normalise(pooled) : PlainNorm(pooled);
        if (pass.Training || pooled.shape[0] <= 1)
        {
            return Logits(read, pass);
        }

        using var scope = NewDisposeScope();
        return cat([.. read.split(1).Select(image => Logits(image, pass))], 0).MoveToOuterDisposeScope();
    }

    /// <summary>What the linear map reads where the norm has no weights: fc_norm at 1 and 0, or none.</summary>
    /// <param name="pooled">(B, C), from <see cref="Pool"/></param>
    /// <returns>(B, C)</returns>
    public Tensor PlainNorm(Tensor pooled) => fc_norm is null ? pooled
        : nn.functional.layer_norm(pooled, [pooled.shape[^1]], eps: fc_norm.Epsilon);

    /// <summary>Sets fc_norm, where there is one, to 1 and 0.</summary>
    public void PlainNormInPlace()
    {
        if (fc_norm is not null)
        {
            Initialisation.Fill(fc_norm.weight, 1);
            Initialisation.Fill(fc_norm.bias, 0);
        }
    }

    private Tensor Logits(Tensor read, ForwardPass pass) => Vote is { } vote ? vote.Logits(read) : head.Forward(read, pass);

    private static Tensor Class(Tensor tokens) => tokens[.., 0].to(ScalarType.Float32); // (B, C)

    private Tensor Mean(Tensor tokens) => tokens[.., _firstPatch.., ..].mean([1], type: ScalarType.Float32); // (B, C)

    /// <summary>What the linear map reads, from <see cref="Pool"/>: (B, C).</summary>
    public Tensor Normalise(Tensor pooled) => fc_norm is null ? pooled : fc_norm.Forward(pooled);
}
