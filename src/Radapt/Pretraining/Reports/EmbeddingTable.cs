using Radapt.Compute;
using Radapt.Models;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Radapt.Pretraining.Reports;

/// <summary>A row of channels for every number of a small set.</summary>
internal sealed class EmbeddingTable : nn.Module
{
    public readonly Parameter weight; // (rows, D)

    public EmbeddingTable(int rows, int width, Kernels kernels)
        : base(nameof(EmbeddingTable))
    {
        weight = Tensors.Parameter(kernels.Plan, rows, width);
        RegisterComponents();
    }

    /// <summary>The rows that numbers name. (B, N), int64 -> (B, N, D).</summary>
    /// <param name="numbers">(B, N), int64</param>
    /// <param name="padding">The row that does not train; null: every row does.</param>
    public Tensor Forward(Tensor numbers, long? padding = null)
    {
        using var scope = NewDisposeScope();
        Tensor rows = weight.index_select(0, numbers.flatten()).view([.. numbers.shape, weight.shape[1]]); // (B, N, D)
        Tensor result = padding is not { } number ? rows
            : where(numbers.eq(tensor(number, device: numbers.device)).unsqueeze(-1), rows.detach(), rows);
        return result.MoveToOuterDisposeScope();
    }
}
