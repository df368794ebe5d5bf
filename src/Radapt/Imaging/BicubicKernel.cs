using System.Buffers;
using System.Numerics;

namespace Radapt.Imaging;

/// <summary>
/// The weights of one resizing pass, for the outputs of a window, exactly those of Pillow's 8-bit path (Resample.c): cubic with a = -0.5,
/// stretched by the scale when shrinking (antialias), computed and normalised in float64, then rounded to 22 fractional bits.
/// </summary>
internal sealed class BicubicKernel : IDisposable
{
    /// <summary>Fractional bits of a weight: 32, less 8 of a pixel, less 2 for the kernel's overshoot.</summary>
    public const int PrecisionBits = 32 - 8 - 2;

    /// <summary>What an accumulator starts with, so that the final shift rounds.</summary>
    public const int Half = 1 << (PrecisionBits - 1);

    private const double HalfWidth = 2;
    private readonly int[] _weights;
    private readonly int[] _starts;
    private readonly int _outputs;

    /// <param name="inputs">Pixels along the axis before.</param>
    /// <param name="size">Pixels along the axis after.</param>
    /// <param name="first">First output of the window.</param>
    /// <param name="outputs">Outputs in the window.</param>
    public BicubicKernel(int inputs, int size, int first, int outputs)
    {
        double scale = (double)inputs / size;
        double stretch = Math.Max(scale, 1);
        double support = HalfWidth * stretch;
        Support = Math.Min(inputs, ((int)Math.Ceiling(support) * 2) + 1);
        Taps = (Support + Vector<int>.Count - 1) / Vector<int>.Count * Vector<int>.Count;
        _outputs = outputs;
        _starts = ArrayPool<int>.Shared.Rent(outputs);
        _weights = ArrayPool<int>.Shared.Rent(outputs * Taps);
        _weights.AsSpan(0, outputs * Taps).Clear();
        double[] exact = ArrayPool<double>.Shared.Rent(Support);
        for (int i = 0; i < outputs; i++)
        {
            double centre = (first + i + 0.5) * scale;
            int start = Math.Max(0, (int)(centre - support + 0.5));
            int end = Math.Min(inputs, (int)(centre + support + 0.5));
            double sum = 0;
            for (int x = start; x < end; x++)
            {
                exact[x - start] = Cubic((x - centre + 0.5) * (1 / stretch));
                sum += exact[x - start];
            }

            Span<int> weights = _weights.AsSpan(i * Taps, Taps);
            for (int x = 0; x < end - start; x++)
            {
                double weight = (sum == 0 ? exact[x] : exact[x] / sum) * (1 << PrecisionBits);
                weights[x] = (int)(weight < 0 ? weight - 0.5 : weight + 0.5);
            }

            _starts[i] = start;
            First = Math.Min(First, start);
            End = Math.Max(End, end);
        }

        ArrayPool<double>.Shared.Return(exact);
    }

    /// <summary>Most inputs that an output depends on.</summary>
    public int Support { get; }

    /// <summary>Weights per output, a multiple of the vector width; those past the kernel's support are 0.</summary>
    public int Taps { get; }

    /// <summary>First input that the window depends on.</summary>
    public int First { get; } = int.MaxValue;

    /// <summary>One past the last input that the window depends on.</summary>
    public int End { get; }

    /// <summary>The first input of each output.</summary>
    public ReadOnlySpan<int> Starts => _starts.AsSpan(0, _outputs);

    /// <summary>The weights of one output, <see cref="Taps"/> of them.</summary>
    public ReadOnlySpan<int> Weights(int output) => _weights.AsSpan(output * Taps, Taps);

    public void Dispose()
    {
        ArrayPool<int>.Shared.Return(_starts);
        ArrayPool<int>.Shared.Return(_weights);
    }

    // Keys 1981 with a = -0.5; the order of the operations is Pillow's, so that the float64 results are.
    private static double Cubic(double x)
    {
        const double a = -0.5;
        x = Math.Abs(x);
        return x < 1 ? ((((a + 2) * x) - (a + 3)) * x * x) + 1
            : x < 2 ? ((((x - 5) * x) + 8) * x - 4) * a
            : 0;
    }
}
