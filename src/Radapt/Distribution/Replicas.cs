using System.IO.Hashing;
using Radapt.Compute;
using static TorchSharp.torch;

namespace Radapt.Distribution;

/// <summary>
/// The tensors that are equal on all ranks: those that are trained, and the state of what trains them. All ranks change theirs by the same
/// gradients, so nothing is sent as long as their processors round alike.
/// </summary>
/// <param name="group">The ranks.</param>
/// <param name="tensors">The tensors, in the same order on all ranks.</param>
internal sealed class Replicas(IProcessGroup group, IReadOnlyList<Tensor> tensors)
{
    private int _differences;

    /// <summary>Lines to show: that ranks had different bits.</summary>
    public IEnumerable<string> Notes => _differences == 0 ? [] :
    [
        $"The processors of the ranks round differently: after {Plural.Count(_differences, "epoch")} all ranks took the tensors of rank 0. "
            + "On processors of one kind, the result is that of one process.",
    ];

    /// <summary>Overwrites the tensors of all ranks by those of rank 0.</summary>
    public unsafe void Send()
    {
        using var noGradient = no_grad();
        foreach (Tensor tensor in tensors)
        {
            using var scope = NewDisposeScope();
            Tensor held = tensor.detach().cpu().contiguous();
            byte* bytes = (byte*)TensorAddress.Get(held);
            long length = held.numel() * held.element_size();
            for (long start = 0; start < length; start += int.MaxValue)
            {
                group.BroadcastAll(new Span<byte>(bytes + start, (int)Math.Min(int.MaxValue, length - start)));
            }

            tensor.CopyInPlace(held); // onto itself, on a CPU
        }
    }

    /// <summary>
    /// Compares the bits of all ranks, and takes those of rank 0 where they differ: processors of different kinds may round differently,
    /// and the differences would grow.
    /// </summary>
    public void Synchronise()
    {
        UInt128[] hashes = group.Meet(Hash());
        if (hashes.Any(h => h != hashes[0]))
        {
            _differences++;
            Send();
        }
    }

    private unsafe UInt128 Hash()
    {
        var hash = new XxHash128();
        foreach (Tensor tensor in tensors)
        {
            using var scope = NewDisposeScope();
            Tensor held = tensor.detach().cpu().contiguous();
            byte* bytes = (byte*)TensorAddress.Get(held);
            long length = held.numel() * held.element_size();
            for (long start = 0; start < length; start += int.MaxValue)
            {
                hash.Append(new ReadOnlySpan<byte>(bytes + start, (int)Math.Min(int.MaxValue, length - start)));
            }

            GC.KeepAlive(held);
        }

        return hash.GetCurrentHashAsUInt128();
    }
}
