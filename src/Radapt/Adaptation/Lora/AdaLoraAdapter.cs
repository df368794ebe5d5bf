using Radapt.Compute;
using Radapt.Models;
using static TorchSharp.torch;

namespace Radapt.Adaptation.Lora;

/// <summary>
/// AdaLoRA's update of one projection (Zhang et al. 2023, equation 3): W x + alpha/r P Λ Q dropout(x), r the initial rank. On the fused
/// qkv projection each adapted third has factors of its own, stacked in the order q, k, v.
/// </summary>
internal sealed class AdaLoraAdapter : IProjectionAdapter, IAdapterTensors
{
    private readonly OutputGroups _groups;
    private readonly int _rank;
    private readonly double _scale;
    private readonly double _dropout;
    private readonly int _number; // key of this adapter's dropout

    /// <param name="options">Initial rank, alpha, dropout.</param>
    /// <param name="inputs">Input channels of the projection.</param>
    /// <param name="outputs">Output channels of the projection.</param>
    /// <param name="groups">The adapted parts of the output.</param>
    /// <param name="number">Number of the adapter in the model, the key of its dropout.</param>
    /// <param name="plan">Device.</param>
    public AdaLoraAdapter(AdaLoraOptions options, long inputs, long outputs, OutputGroups groups, int number, ComputePlan plan)
    {
        (_groups, _rank, _number) = (groups, options.InitialRank, number);
        (_scale, _dropout) = (options.Alpha / _rank, options.Dropout);
        P = Models.Tensors.Parameter(plan, outputs / groups.Count * groups.Adapted.Count, _rank);
        Values = Models.Tensors.Parameter(plan, (long)_rank * groups.Adapted.Count);
        Q = Models.Tensors.Parameter(plan, (long)_rank * groups.Adapted.Count, inputs);
        foreach (Tensor tensor in new[] { P, Values, Q })
        {
            tensor.requires_grad = true;
        }
    }

    /// <summary>Left singular vectors: (out / 3 x adapted thirds, r); (out, r) on other projections.</summary>
    public Tensor P { get; }

    /// <summary>Singular values, the diagonal of Λ: (r x adapted thirds).</summary>
    public Tensor Values { get; }

    /// <summary>Right singular vectors: (r x adapted thirds, in).</summary>
    public Tensor Q { get; }

    /// <inheritdoc/>
    public IEnumerable<(string Name, Tensor Tensor)> Tensors() => [("adalora_P", P), ("adalora_values", Values), ("adalora_Q", Q)];

    /// <summary>P and Q normal with standard deviation 0.02, Λ zero, so that the start is the base model.</summary>
    public void Initialise(string name, long seed)
    {
        Initialisation.TruncatedNormal(P, name + ".adalora_P", 0.02, seed);
        Initialisation.TruncatedNormal(Q, name + ".adalora_Q", 0.02, seed);
        Initialisation.Fill(Values, 0);
    }

    /// <inheritdoc/>
    public Tensor Forward(Projection projection, Tensor input, ForwardPass pass)
    {
        projection.Kernels.Path.Note(StepKernel.LowRankProducts, "singular values have no pass");
        Tensor low = nn.functional.linear(KeyedDropout.Apply(input, _dropout, pass, _number), Q.to(input.dtype)); // (B, N, r x groups)
        Tensor update = nn.functional.linear(low, ScaledP().to(input.dtype)); // (B, N, out)
        return projection.Plain(input).Plus(update);
    }

    /// <summary>The sum over the adapted parts of |P^T P - I|² + |Q Q^T - I|² (equation 4), with a graph.</summary>
    public Tensor Unorthogonality()
    {
        int parts = _groups.Adapted.Count;
        Tensor p = P.view(parts, -1, _rank); // (parts, out/Count, r)
        Tensor q = Q.view(parts, _rank, -1); // (parts, r, in)
        Tensor identity = eye(_rank, dtype: ScalarType.Float32, device: P.device);
        Tensor left = p.transpose(1, 2).matmul(p) - identity;
        Tensor right = q.matmul(q.transpose(1, 2)) - identity;
        return left.square().sum().Plus(right.square().sum());
    }

    /// <summary>For every triplet: a number per singular value plus the means of those of its vectors (equation 7).</summary>
    /// <param name="p">As <see cref="P"/>.</param>
    /// <param name="values">As <see cref="Values"/>.</param>
    /// <param name="q">As <see cref="Q"/>.</param>
    /// <returns>(r x adapted thirds)</returns>
    public Tensor PerTriplet(Tensor p, Tensor values, Tensor q) =>
        values.Plus(p.view(_groups.Adapted.Count, -1, _rank).mean([1]).flatten()).Plus(q.mean([1]));

    /// <inheritdoc/>
    public ProjectionDelta Delta(Projection projection)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        return new ProjectionDelta(ScaledP().matmul(Q).MoveToOuterDisposeScope(), null);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        P.Dispose();
        Values.Dispose();
        Q.Dispose();
    }

    // Scale x P Λ, spread over the whole output: (out, r x groups).
    private Tensor ScaledP() => (_groups.Expand(P, _rank) * Values).Times(_scale);
}
