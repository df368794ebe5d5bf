using System.Numerics;
using System.Runtime.InteropServices;
using Radapt.Compute;
using static TorchSharp.torch;

namespace Radapt.Distribution;

/// <summary>
/// Adds the gradients of all ranks in the order of the ranks: ((g0 + g1) + g2) + …, as one process adds those of its batches.
/// So the sum has the same bits, however many ranks there are. Each rank adds up its own part of the numbers, and all ranks receive the
/// parts of the others: the traffic of each rank is 2 (N - 1) / N times the gradients in each direction, whatever the number of ranks N.
/// Where an update has more batches than ranks, a round of N batches after the other is added, and only the last one is followed by the
/// second half of the traffic.
/// </summary>
internal sealed class GradientSum
{
    private const int SegmentLength = 1 << 24; // numbers that are sent at a time: 64 MiB in each of two buffers
    private const float Absent = -0f; // x + -0 is x for every x, even for 0 and -0

    private readonly IProcessGroup _group;
    private readonly IReadOnlyList<(string Name, Tensor Tensor)> _trained;
    private readonly long[] _starts; // of each tensor among the numbers; a flag for each tensor is before them
    private readonly float[] _own;
    private readonly float[] _others;
    private readonly (long Start, int Length, float[] Sum)[] _segments; // the part of each that this rank adds up

    /// <param name="group">The ranks.</param>
    /// <param name="trained">The tensors whose gradients are added; the same on all ranks.</param>
    /// <param name="segmentLength">Numbers that are sent at a time.</param>
    public GradientSum(
        IProcessGroup group, IReadOnlyList<(string Name, Tensor Tensor)> trained, int segmentLength = SegmentLength)
    {
        (_group, _trained) = (group, trained);
        _starts = new long[trained.Count + 1];
        _starts[0] = trained.Count;
        for (int i = 0; i < trained.Count; i++)
        {
            _starts[i + 1] = _starts[i] + trained[i].Tensor.numel();
        }

        Numbers = _starts[^1];
        int segment = (int)Math.Min(RoundUp(Math.Max(segmentLength, trained.Count)), RoundUp(Numbers));
        (_own, _others) = (new float[segment], new float[segment]);
        _segments = [.. Enumerable.Range(0, (int)((Numbers + segment - 1) / segment)).Select(i =>
        {
            long start = (long)i * segment;
            int length = (int)RoundUp(Math.Min(segment, Numbers - start));
            return (start, length, new float[length / group.Size]);
        })];
        Clear();
    }

    /// <summary>Float32 numbers that are added up: one for each element, and one for each tensor.</summary>
    public long Numbers { get; }

    /// <summary>Adds the gradients that are there on each rank to the sum, and lets them go. A rank may have none.</summary>
    public void Add()
    {
        foreach ((long start, int length, float[] sum) in _segments)
        {
            Read(start, _own.AsSpan(0, length));
            _group.Exchange(Bytes(_own, length), Bytes(_others, length));
            for (int rank = 0; rank < _group.Size; rank++)
            {
                AddTo(sum, _others.AsSpan(rank * sum.Length, sum.Length));
            }
        }

        foreach ((_, Tensor tensor) in _trained)
        {
            tensor.grad = null;
        }
    }

    /// <summary>Makes the sum the gradient of the tensors on all ranks, and begins a new one. Where no rank had one, none is set.</summary>
    public void Finish()
    {
        var gradients = new Tensor?[_trained.Count];
        foreach ((long start, int length, float[] sum) in _segments)
        {
            _group.Gather(MemoryMarshal.AsBytes(sum.AsSpan()), Bytes(_own, length));
            if (start == 0)
            {
                for (int i = 0; i < gradients.Length; i++)
                {
                    gradients[i] = _own[i] > 0 ? empty(_trained[i].Tensor.shape, float32).DetachFromDisposeScope() : null;
                }
            }

            Write(start, _own.AsSpan(0, length), gradients);
        }

        for (int i = 0; i < gradients.Length; i++)
        {
            using Tensor? gradient = gradients[i];
            using Tensor? placed = gradient?.to(_trained[i].Tensor.device);
            _trained[i].Tensor.grad = placed;
        }

        Clear();
    }

    private long RoundUp(long numbers) => (numbers + _group.Size - 1) / _group.Size * _group.Size;

    private void Clear()
    {
        foreach ((_, _, float[] sum) in _segments)
        {
            sum.AsSpan().Fill(Absent);
        }
    }

    // The numbers from one on: flags, then gradients.
    private unsafe void Read(long start, Span<float> numbers)
    {
        numbers.Fill(Absent);
        for (int i = 0; i < _trained.Count; i++)
        {
            using var scope = NewDisposeScope();
            if (_trained[i].Tensor.grad is not { } gradient)
            {
                continue;
            }

            if (i >= start && i < start + numbers.Length)
            {
                numbers[(int)(i - start)] = 1;
            }

            (long from, long end) = Overlap(i, start, numbers.Length);
            if (from < end)
            {
                Tensor held = gradient.to(float32).cpu().contiguous();
                var values = new ReadOnlySpan<float>((float*)TensorAddress.Get(held) + (from - _starts[i]), (int)(end - from));
                values.CopyTo(numbers[(int)(from - start)..]);
                GC.KeepAlive(held);
            }
        }
    }

    private unsafe void Write(long start, ReadOnlySpan<float> numbers, Tensor?[] gradients)
    {
        for (int i = 0; i < gradients.Length; i++)
        {
            (long from, long end) = Overlap(i, start, numbers.Length);
            if (gradients[i] is { } gradient && from < end)
            {
                var values = new Span<float>((float*)TensorAddress.Get(gradient) + (from - _starts[i]), (int)(end - from));
                numbers.Slice((int)(from - start), values.Length).CopyTo(values);
                GC.KeepAlive(gradient);
            }
        }
    }

    private (long From, long End) Overlap(int tensor, long start, int length) =>
        (Math.Max(_starts[tensor], start), Math.Min(_starts[tensor + 1], start + length));

    private static void AddTo(Span<float> sum, ReadOnlySpan<float> added)
    {
        Span<Vector<float>> sums = MemoryMarshal.Cast<float, Vector<float>>(sum);
        ReadOnlySpan<Vector<float>> vectors = MemoryMarshal.Cast<float, Vector<float>>(added);
        for (int i = 0; i < sums.Length; i++)
        {
            sums[i] += vectors[i];
        }

        for (int i = sums.Length * Vector<float>.Count; i < sum.Length; i++)
        {
            sum[i] += added[i];
        }
    }

    private static Span<byte> Bytes(float[] numbers, int length) => MemoryMarshal.AsBytes(numbers.AsSpan(0, length));
}
