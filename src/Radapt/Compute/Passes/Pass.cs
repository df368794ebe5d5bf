using System.Globalization;
using System.Runtime.Intrinsics;
using TorchSharp;
using static TorchSharp.torch;

namespace Radapt.Compute.Passes;

/// <summary>
/// What passes over memory have in common. libtorch makes several passes where one does: each costs as much as reading and writing
/// its tensors takes, which for a block of ViT-B/16 is a tenth of the products' time.
/// </summary>
internal static class Pass
{
    /// <summary>Numbers that are computed at a time.</summary>
    public const int Lanes = 16;

    private static readonly string s_tooNarrow = string.Create(CultureInfo.InvariantCulture, $"vectors of {Machine.VectorBits} bits");

    /// <summary>Whether this processor has vectors that make the passes worthwhile.</summary>
    public static bool IsFast => Vector512.IsHardwareAccelerated;

    /// <summary>Whether passes can read and write it: on the CPU, contiguous, float32 or bfloat16.</summary>
    public static bool Takes(Tensor tensor) => Refusal(tensor) is null;

    /// <summary>Why passes cannot read and write it; null: they can.</summary>
    public static string? Refusal(Tensor tensor) => !IsFast ? s_tooNarrow
        : tensor.device_type != DeviceType.CPU ? "not on the CPU"
        : tensor.dtype is not (ScalarType.Float32 or ScalarType.BFloat16) ? "neither float32 nor bfloat16"
        : !tensor.is_contiguous() ? "not contiguous"
        : null;

    /// <summary>Where a tensor that <see cref="Takes"/> accepts lies. The caller keeps it alive.</summary>
    /// <exception cref="ArgumentException">It is of another type.</exception>
    public static nint Address(Tensor tensor, ScalarType type) =>
        tensor.dtype == type ? TensorAddress.Of(tensor) : throw new ArgumentException($"The tensor is {tensor.dtype}, not {type}.", nameof(tensor));

    /// <summary>Into how many parts threads share rows: several each, since one may begin late or be kept from its core.</summary>
    public static int Parts(int threads) => threads == 1 ? 1 : 4 * threads;

    /// <summary>Shares rows among threads.</summary>
    /// <param name="rows">How many there are.</param>
    /// <param name="threads">How many share them.</param>
    /// <param name="part">Number of the part, of <see cref="Parts"/>; its first row, its end. Which thread it runs on changes no result.</param>
    public static void Share(long rows, int threads, Action<int, long, long> part)
    {
        if (threads == 1)
        {
            part(0, 0, rows);
            return;
        }

        int parts = Parts(threads);
        long size = (rows + parts - 1) / parts;
        Parallel.For(0, parts, new ParallelOptions { MaxDegreeOfParallelism = threads }, i => part(i, Math.Min(i * size, rows), Math.Min((i + 1) * size, rows)));
    }
}
