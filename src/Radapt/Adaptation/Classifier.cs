using Radapt.Batching;
using Radapt.Compute;
using Radapt.Models;
using static TorchSharp.torch;

namespace Radapt.Adaptation;

/// <summary>
/// A vision transformer, a head with one logit per finding, and what an adaptation method added to them. Owns all three, unless it
/// shares the transformer; the base weights keep their names and values whatever is attached.
/// </summary>
internal sealed class Classifier : IDisposable
{
    private readonly bool _ownsEncoder;

    /// <param name="shape">Dimensions of the backbone.</param>
    /// <param name="findings">Number of findings F.</param>
    /// <param name="pooling">What the head reads.</param>
    /// <param name="dropPath">Stochastic depth of the last block.</param>
    /// <param name="plan">Precision and device.</param>
    public Classifier(BackboneShape shape, int findings, Pooling pooling, double dropPath, ComputePlan plan)
    {
        var kernels = new Kernels(plan);
        Encoder = new VisionTransformer(shape, dropPath, withNorm: HasNorm(pooling), kernels);
        Head = new ClassificationHead(shape, findings, pooling, kernels);
        (Pooling, _ownsEncoder) = (pooling, true);
    }

    /// <summary>A classifier on a transformer that others use, too, and that somebody else owns.</summary>
    /// <param name="encoder">The transformer; with a final norm where <see cref="HasNorm"/> says so.</param>
    /// <param name="findings">Number of findings F.</param>
    /// <param name="pooling">What the head reads.</param>
    public Classifier(VisionTransformer encoder, int findings, Pooling pooling)
    {
        (Encoder, Pooling) = (encoder, pooling);
        Head = new ClassificationHead(encoder.Shape, findings, pooling, encoder.Kernels);
    }

    /// <summary>Whether the transformer has its final norm where a head pools so.</summary>
    public static bool HasNorm(Pooling pooling) => pooling != Pooling.Mean;

    /// <summary>The backbone.</summary>
    public VisionTransformer Encoder { get; }

    /// <summary>The head.</summary>
    public ClassificationHead Head { get; }

    /// <summary>What the head reads.</summary>
    public Pooling Pooling { get; }

    /// <summary>What a method added, if it adds anything.</summary>
    public AttachedAdapters? Adapters { get; private set; }

    /// <summary>Images to logits.</summary>
    /// <param name="images">(B, 1 or 3, S, S), normalised</param>
    /// <param name="pass">Whether this pass trains, and its random key.</param>
    /// <returns>(B, F), before the sigmoid</returns>
    public Tensor Forward(Tensor images, ForwardPass pass) => Head.Forward(Encoder.Forward(images, pass), pass);

    /// <summary>Images, or features from <see cref="Features"/>, to logits.</summary>
    /// <param name="values">Images (B, 1 or 3, S, S), normalised; features (B, N, C) or (B, C).</param>
    /// <param name="firstBlock">The block that reads the features, the depth: the head does; null: the values are images.</param>
    /// <param name="pass">Whether this pass trains, and its random key.</param>
    /// <returns>(B, F), before the sigmoid</returns>
    public Tensor Forward(Tensor values, int? firstBlock, ForwardPass pass) =>
        firstBlock is { } first ? ForwardFrom(values, first, pass) : Forward(values, pass);

    /// <summary>The batch's values as a tensor on this classifier's device, (B, 1, S, S) for pixels; the caller's scope owns it.</summary>
    public Tensor ToTensor(ImageBatch batch) => Encoder.ToTensor(batch);

    /// <summary>
    /// The lowest block that training changes anything in; the depth where that is the head alone. Nothing below changes, so its
    /// features can be computed once where nothing in it is random.
    /// </summary>
    public int LowestTrainedBlock => Trained().Min(t => BlockNumber.From(t.Name) ?? t.Name.Split('.')[0] switch
    {
        "fc_norm" or "head" or "neighbours" => Encoder.Shape.Depth,
        "norm" => Encoder.Shape.Depth - 1, // after the last block; features end before one
        _ => 0,
    });

    /// <summary>What the frozen part of the network makes of images, in evaluation.</summary>
    /// <param name="images">(B, 1 or 3, S, S), normalised</param>
    /// <param name="firstBlock">The block that reads the features; the depth: the head does.</param>
    /// <returns>Tokens (B, N, C) in the plan's precision; for the head pooled ones (B, C), float32</returns>
    public Tensor Features(Tensor images, int firstBlock)
    {
        Tensor tokens = Encoder.ForwardPrefix(images, firstBlock);
        return firstBlock == Encoder.Shape.Depth ? Head.Pool(Encoder.Finish(tokens)) : tokens;
    }

    /// <summary>The rest of the way.</summary>
    /// <param name="features">From <see cref="Features"/>.</param>
    /// <param name="firstBlock">The block that reads them; the depth: the head does.</param>
    /// <param name="pass">Whether this pass trains, and its random key.</param>
    /// <returns>(B, F), before the sigmoid</returns>
    public Tensor ForwardFrom(Tensor features, int firstBlock, ForwardPass pass) => firstBlock == Encoder.Shape.Depth
        ? Head.ForwardPooled(features, pass)
        : Head.Forward(Encoder.ForwardFrom(features, firstBlock, pass), pass);

    /// <summary>Base and head tensors under their checkpoint names, then the adapters'.</summary>
    public IEnumerable<(string Name, Tensor Tensor)> Tensors() =>
        Encoder.named_parameters().Concat(Head.named_parameters()).Select(p => (p.name, (Tensor)p.parameter))
            .Concat(Adapters?.Tensors() ?? []).Concat(Head.Vote?.Tensors() ?? []);

    /// <summary>The tensors that training changes, or that a fit made: what an adapter file holds.</summary>
    public IEnumerable<(string Name, Tensor Tensor)> Trained() =>
        Head.Vote is { } vote ? vote.Tensors() : Tensors().Where(t => t.Tensor.requires_grad);

    /// <summary>Whether all that was learned can be written as weights of the same model without adapters.</summary>
    public bool CanMerge => Adapters?.CanMerge != false && Head.Vote is null;

    /// <summary>What is trained, of what.</summary>
    public TrainableCount CountTrainable() =>
        new(Trained().Sum(t => t.Tensor.numel()), Tensors().Sum(t => t.Tensor.numel()));

    /// <summary>Attaches the adapters and hands them over to this classifier.</summary>
    public void Attach(AttachedAdapters adapters)
    {
        Adapters?.Dispose();
        Adapters = adapters;
        adapters.Attach();
    }

    /// <summary>Frees head and adapters; somebody else took over the transformer.</summary>
    public void DisposeAllButEncoder()
    {
        Adapters?.Dispose();
        Head.Vote = null;
        Head.Dispose();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        DisposeAllButEncoder();
        if (_ownsEncoder)
        {
            Encoder.Dispose();
        }
    }
}
