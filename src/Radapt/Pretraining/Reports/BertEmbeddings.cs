using Radapt.Compute;
using Radapt.Models;
using static TorchSharp.torch;

namespace Radapt.Pretraining.Reports;

/// <summary>
/// BERT's embeddings (Devlin et al. 2019) of one text: words, positions and the first of two token types, added and normalised. MRM adds
/// what the encoder has seen of the image to every token.
/// </summary>
internal sealed class BertEmbeddings : nn.Module
{
    public readonly Tensor position_ids; // (1, N): 0 to N - 1
    public readonly EmbeddingTable word_embeddings;       // (V, D)
    public readonly EmbeddingTable position_embeddings;   // (N, D)
    public readonly EmbeddingTable token_type_embeddings; // (2, D)
    public readonly LayerNorm LayerNorm;

    private readonly double _dropout;
    private readonly int _padding;

    /// <param name="shape">Dimensions of the decoder.</param>
    /// <param name="padding">The word piece that stands for no word; its embedding does not train.</param>
    /// <param name="kernels">What computes it.</param>
    public BertEmbeddings(ReportDecoderShape shape, int padding, Kernels kernels)
        : base(nameof(BertEmbeddings))
    {
        (_dropout, _padding) = (shape.Dropout, padding);
        long[] positions = [.. Enumerable.Range(0, shape.Positions).Select(i => (long)i)];
        position_ids = tensor(positions, [1, shape.Positions], device: kernels.Plan.TorchDevice).DetachFromDisposeScope();
        word_embeddings = new EmbeddingTable(shape.Vocabulary, shape.Width, kernels);
        position_embeddings = new EmbeddingTable(shape.Positions, shape.Width, kernels);
        token_type_embeddings = new EmbeddingTable(2, shape.Width, kernels);
        LayerNorm = new LayerNorm(shape.Width, BertLayer.Epsilon, kernels);
        RegisterComponents();
    }

    /// <summary>Word pieces and the image to what the first layer reads.</summary>
    /// <param name="ids">(B, N), int64</param>
    /// <param name="image">(B, D)</param>
    /// <param name="pass">Whether this pass trains, and its random key.</param>
    /// <returns>(B, N, D), float32</returns>
    public Tensor Forward(Tensor ids, Tensor image, ForwardPass pass)
    {
        using var scope = NewDisposeScope();
        Tensor positions = position_embeddings.Forward(position_ids[.., ..(int)ids.shape[1]]); // (1, N, D)
        Tensor sum = word_embeddings.Forward(ids, _padding).Plus(positions).Plus(token_type_embeddings.weight[0]); // (B, N, D)
        Tensor tokens = LayerNorm.Forward(sum).Plus(image.unsqueeze(1));
        return KeyedDropout.Apply(tokens, _dropout, pass, 0).MoveToOuterDisposeScope();
    }
}
