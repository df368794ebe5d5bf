using Radapt.Checkpoints;
using Radapt.Compute;
using Radapt.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Radapt.Adaptation;

/// <summary>
/// Low-rank adaptation (Hu et al. 2021) of one projection: W x + alpha/r B A dropout(x). On the fused qkv projection each adapted third
/// has an A and a B of its own, stacked in the order q, k, v as in the paper's checkpoints.
/// </summary>
internal sealed class LoraAdapter : IProjectionAdapter, IDisposable
{
    private readonly LoraSettings _settings;
    private readonly int _outputs;
    private readonly int[] _groups; // which of `_groupCount` equal parts of the output are adapted
    private readonly int _groupCount;
    private readonly int _number;   // key of this adapter's dropout

    /// <param name="settings">Rank, scale, dropout.</param>
    /// <param name="inputs">Input channels of the projection.</param>
    /// <param name="outputs">Output channels of the projection.</param>
    /// <param name="groupCount">Equal parts of the output: 3 for fused qkv, else 1.</param>
    /// <param name="groups">The adapted parts, ascending.</param>
    /// <param name="number">Number of the adapter in the model, the key of its dropout.</param>
    /// <param name="plan">Device.</param>
    public LoraAdapter(LoraSettings settings, long inputs, long outputs, int groupCount, int[] groups, int number, ComputePlan plan)
    {
        (_settings, _outputs, _groupCount, _groups, _number) = (settings, (int)outputs, groupCount, groups, number);
        A = Models.Tensors.Parameter(plan, (long)settings.Rank * groups.Length, inputs);
        B = Models.Tensors.Parameter(plan, outputs / groupCount * groups.Length, settings.Rank);
        A.requires_grad = true;
        B.requires_grad = true;
    }

    /// <summary>(r x adapted thirds, in).</summary>
    public Tensor A { get; }

    /// <summary>(out / 3 x adapted thirds, r); (out, r) on other projections.</summary>
    public Tensor B { get; }

    /// <summary>A Kaiming-uniform with a = sqrt 5, that is uniform within ±1/sqrt(in); B zero, so that the start is the base model.</summary>
    public void Initialise(string name, long seed)
    {
        Initialisation.Uniform(A, name + ".lora_A", 1 / Math.Sqrt(A.shape[1]), seed);
        Initialisation.Fill(B, 0);
    }

    /// <inheritdoc/>
    public Tensor Forward(Projection projection, Tensor input, ForwardPass pass)
    {
        using var scope = NewDisposeScope();
        Tensor low = nn.functional.linear(Dropout(input, pass), A.to(input.dtype));                      // (B, N, r x groups)
        Tensor update = nn.functional.linear(low, Expanded().Times(_settings.Scale).to(input.dtype)); // (B, N, out)
        return projection.Plain(input).Add(update).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public Tensor Delta()
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        return Expanded().matmul(A).Times(_settings.Scale).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        A.Dispose();
        B.Dispose();
    }

    /// <summary>B with the rows of thirds that are not adapted as zeros, each third meeting its own rows of A: (out, r x groups).</summary>
    private Tensor Expanded()
    {
        if (_groupCount == 1)
        {
            return B;
        }

        long rows = _outputs / _groupCount;
        int rank = _settings.Rank;
        Tensor[] parts = B.split(rows);
        var bands = new Tensor[_groupCount];
        for (int group = 0; group < _groupCount; group++)
        {
            int place = Array.IndexOf(_groups, group);
            bands[group] = place < 0
                ? zeros(rows, (long)rank * _groups.Length, B.dtype, B.device)
                : nn.functional.pad(parts[place], [(long)place * rank, (long)(_groups.Length - 1 - place) * rank]); // (out/3, r x groups)
        }

        return cat(bands, 0);
    }

    private Tensor Dropout(Tensor input, ForwardPass pass)
    {
        if (!pass.Training || _settings.Dropout == 0)
        {
            return input;
        }

        Tensor mask = empty(input.shape, ScalarType.Float32); // filled where it lies: millions of numbers per projection and step
        unsafe
        {
            var numbers = new Span<float>((void*)TensorAddress.Of(mask), checked((int)mask.numel()));
            new KeyedRandom(pass.Seed, RandomPurpose.Dropout, pass.Step, _number).FillDropoutMask(numbers, _settings.Dropout);
        }

        return input * mask.to(input.dtype, input.device);
    }
}
