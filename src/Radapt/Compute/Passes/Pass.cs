using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using TorchSharp;
using static TorchSharp.torch;

namespace Radapt.Compute.Passes;

/// <summary>
/// What passes over memory have in common. libtorch makes several passes where one does: each costs as much as reading and writing
/// its tensors takes, which for a block of ViT-B/16 is a tenth of the products' time.
/// </summary>
internal static class Pass
{
    /// <summary>Numbers that are computed at a time, whatever the width of the vectors.</summary>
    public const int Lanes = 16;

    /// <summary>
    /// Bits of the vectors that the passes use on this processor: 512 (AVX-512), 256 (AVX2) or 128 (Arm). 0: it has no fused
    /// multiply-add, which would have to be emulated number by number, so the library's operations run instead.
    /// </summary>
    public static int VectorBits { get; } =
        Vector512.IsHardwareAccelerated ? 512
        : Vector256.IsHardwareAccelerated && Fma.IsSupported ? 256
        : AdvSimd.Arm64.IsSupported ? 128
        : 0;

    /// <summary>Whether this processor has vectors that make the passes worthwhile.</summary>
    public static bool IsFast => VectorBits > 0;

    /// <summary>Why passes cannot read and write it; null: they can, since it is on the CPU, contiguous, and float32 or bfloat16.</summary>
    public static string? Refusal(Tensor tensor) => !IsFast ? "no fused multiply-adds in vectors"
        : tensor.device_type != DeviceType.CPU ? "not on the CPU"
        : tensor.dtype is not (ScalarType.Float32 or ScalarType.BFloat16) ? "neither float32 nor bfloat16"
        : !tensor.is_contiguous() ? "not contiguous"
        : null;

    /// <summary>Where a tensor that <see cref="Refusal"/> lets pass is. The caller keeps it alive.</summary>
    /// <exception cref="ArgumentException">It is of another type.</exception>
    public static nint Address(Tensor tensor, ScalarType type) =>
        tensor.dtype == type ? TensorAddress.Get(tensor)
            : throw new ArgumentException($"The tensor is {tensor.dtype}, not {type}.", nameof(tensor));

    /// <summary>Into how many parts threads share rows: several each, since one may begin late or be kept from its core.</summary>
    public static int Parts(int threads) => threads == 1 ? 1 : 4 * threads;

    /// <summary>Shares rows among threads, with the vectors that the processor has.</summary>
    /// <param name="rows">How many there are.</param>
    /// <param name="threads">How many share them.</param>
    /// <param name="work">What is done with them. Which thread does it changes no result.</param>
    /// <param name="vectorBits">Null: <see cref="VectorBits"/>. Tests ask for others, and every processor has them all, if slowly.</param>
    public static void Share<TWork>(long rows, int threads, TWork work, int? vectorBits = null)
        where TWork : struct, IRowWork
    {
        switch (vectorBits ?? VectorBits)
        {
            case 512:
                Divide<TWork, Lanes512>(rows, threads, work);
                break;
            case 256:
                Divide<TWork, Lanes256>(rows, threads, work);
                break;
            default:
                Divide<TWork, Lanes128>(rows, threads, work);
                break;
        }
    }

    private static void Divide<TWork, V>(long rows, int threads, TWork work)
        where TWork : struct, IRowWork
        where V : struct, ILanes<V>
    {
        if (threads == 1)
        {
            work.Run<V>(0, 0, rows);
            return;
        }

        int parts = Parts(threads);
        long size = (rows + parts - 1) / parts;
        WorkUnits.Share(parts, threads, units =>
        {
            while (units.TryTake(out long part))
            {
                work.Run<V>((int)part, Math.Min(part * size, rows), Math.Min((part + 1) * size, rows));
            }
        });
    }
}

/// <summary>What a pass does with its rows.</summary>
internal interface IRowWork
{
    /// <summary>Does it with some of them.</summary>
    /// <typeparam name="V">The numbers that are computed with at once.</typeparam>
    /// <param name="part">Number of this part, of <see cref="Pass.Parts"/>.</param>
    /// <param name="first">Its first row.</param>
    /// <param name="end">The row after its last.</param>
    void Run<V>(int part, long first, long end)
        where V : struct, ILanes<V>;
}
