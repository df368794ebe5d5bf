using Radapt.Compute;
using Radapt.Models;
using static TorchSharp.torch;

namespace Radapt.Adaptation.Lora;

/// <summary>
/// Low-rank adaptation (Hu et al. 2021) of one projection: W x + alpha/r B A dropout(x). On the fused qkv projection each adapted third
/// has an A and a B of its own, stacked in the order q, k, v as in the paper's checkpoints.
/// </summary>
internal sealed class LoraAdapter : IProjectionAdapter, IAdapterTensors
{
    private readonly LoraOptions _settings;
    private readonly OutputGroups _groups;
    private readonly int _number; // key of this adapter's dropout

    /// <param name="settings">Rank, scale, dropout.</param>
    /// <param name="inputs">Input channels of the projection.</param>
    /// <param name="outputs">Output channels of the projection.</param>
    /// <param name="groups">The adapted parts of the output.</param>
    /// <param name="number">Number of the adapter in the model, the key of its dropout.</param>
    /// <param name="plan">Device.</param>
    public LoraAdapter(LoraOptions settings, long inputs, long outputs, OutputGroups groups, int number, ComputePlan plan)
    {
        (_settings, _groups, _number) = (settings, groups, number);
        A = Models.Tensors.Parameter(plan, (long)settings.Rank * groups.Adapted.Count, inputs);
        B = Models.Tensors.Parameter(plan, outputs / groups.Count * groups.Adapted.Count, settings.Rank);
        A.requires_grad = true;
        B.requires_grad = true;
    }

    /// <summary>(r x adapted thirds, in).</summary>
    public Tensor A { get; }

    /// <summary>(out / 3 x adapted thirds, r); (out, r) on other projections.</summary>
    public Tensor B { get; }

    /// <inheritdoc/>
    public IEnumerable<(string Name, Tensor Tensor)> Tensors() => [("lora_A", A), ("lora_B", B)];

    /// <summary>
    /// A Kaiming-uniform with a = sqrt 5, that is uniform within ±1/sqrt(in); B zero, so that the start is the base model.
    /// </summary>
    public void Initialise(string name, long seed)
    {
        Initialisation.Uniform(A, name + ".lora_A", 1 / Math.Sqrt(A.shape[1]), seed);
        Initialisation.Fill(B, 0);
    }

    /// <inheritdoc/>
    public Tensor Forward(Projection projection, Tensor input, ForwardPass pass)
    {
        Kernels kernels = projection.Kernels;
        string? refusal = kernels.OnlyPlain ?? FusedLora.Refusal(input, projection.weight, projection.bias, A, _groups);
        if (kernels.Path.Choose(StepKernel.LowRankPass, refusal, StepKernel.LowRankProducts))
        {
            var lowRank = new AppliedLora(_settings.Scale, _groups, KeyedDropout.Mask(_settings.Dropout, pass, _number));
            return FusedLora.Apply(input, projection.weight, projection.bias, A, B, lowRank, kernels);
        }

        using var scope = NewDisposeScope();
        // (B, N, r x groups)
        Tensor low = nn.functional.linear(KeyedDropout.Apply(input, _settings.Dropout, pass, _number), A.to(input.dtype));
        Tensor update = nn.functional.linear(low, ScaledB().to(input.dtype)); // (B, N, out)
        return projection.Plain(input).Plus(update).MoveToOuterDisposeScope();
    }

    /// <summary>Scale x B, spread over the whole output: (out, r x groups), float32.</summary>
    public Tensor ScaledB() => _groups.Expand(B, _settings.Rank).Times(_settings.Scale);

    /// <summary>What is added to the weight: (out, in), with a graph where gradients are on.</summary>
    public Tensor Update() => ScaledB().matmul(A);

    /// <inheritdoc/>
    public ProjectionDelta Delta(Projection projection)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        return new ProjectionDelta(Update().MoveToOuterDisposeScope(), null);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        A.Dispose();
        B.Dispose();
    }
}
