using Radapt.Compute;
using Radapt.Models;
using static TorchSharp.torch;

namespace Radapt.Pretraining.Reports;

/// <summary>
/// BERT's self-attention over the words of a report, with the residual sum and its normalisation. Nothing attends to padding. Reports are
/// short, so the products are computed one by one.
/// </summary>
internal sealed class BertAttention : nn.Module
{
    public readonly QueryKeyValue self;
    public readonly BertOutput output;

    private readonly ReportDecoderShape _shape;
    private readonly int _dropoutKey;

    /// <param name="shape">Dimensions of the decoder.</param>
    /// <param name="dropoutKey">Names the two dropouts in the random key: this number and the next.</param>
    /// <param name="kernels">What computes it.</param>
    public BertAttention(ReportDecoderShape shape, int dropoutKey, Kernels kernels)
        : base(nameof(BertAttention))
    {
        (_shape, _dropoutKey) = (shape, dropoutKey);
        self = new QueryKeyValue(shape.Width, kernels);
        output = new BertOutput(shape.Width, shape, dropoutKey + 1, kernels);
        RegisterComponents();
    }

    /// <summary>(B, N, D) -> (B, N, D), float32.</summary>
    /// <param name="tokens">(B, N, D), float32</param>
    /// <param name="padding">(B, 1, 1, N): 0 for words, a large negative number for padding</param>
    /// <param name="pass">Whether this pass trains, and its random key.</param>
    public Tensor Forward(Tensor tokens, Tensor padding, ForwardPass pass)
    {
        using var scope = NewDisposeScope();
        (long b, long n, long d) = (tokens.shape[0], tokens.shape[1], tokens.shape[2]);
        long width = d / _shape.Heads;
        Tensor input = tokens.to(self.query.Kernels.Plan.Type);
        Tensor Heads(Projection projection) =>
            projection.Forward(input, pass).view(b, n, _shape.Heads, width).transpose(1, 2); // (B, H, N, D/H)
        Tensor scores = Heads(self.query).Times(1 / Math.Sqrt(width)).matmul(Heads(self.key).transpose(-2, -1)); // (B, H, N, N)
        Tensor shares = scores.to(ScalarType.Float32).Plus(padding).softmax(-1);
        shares = KeyedDropout.Apply(shares, _shape.Dropout, pass, _dropoutKey).to(input.dtype);
        Tensor attended = shares.matmul(Heads(self.value)).transpose(1, 2).reshape(b, n, d);
        return output.Forward(attended, tokens, pass).MoveToOuterDisposeScope();
    }

    /// <summary>The three projections of an attention.</summary>
    internal sealed class QueryKeyValue : nn.Module
    {
        public readonly Projection query;
        public readonly Projection key;
        public readonly Projection value;

        public QueryKeyValue(int width, Kernels kernels)
            : base(nameof(QueryKeyValue))
        {
            (query, key, value) =
                (new Projection(width, width, kernels), new Projection(width, width, kernels), new Projection(width, width, kernels));
            RegisterComponents();
        }
    }
}
