using System.Buffers;
using System.Numerics;

namespace Radapt.Imaging;

/// <summary>
/// Pillow's bicubic resize of 8-bit images, bit for bit: a horizontal pass rounded to 8 bits, then a vertical one, in 32-bit
/// integers. Only the part of the result that is asked for is computed. One thread, pooled buffers.
/// </summary>
internal static class BicubicResampler
{
    /// <summary>
    /// Crops an image to a box, resizes the crop, and writes a window of the result. Pixels outside of the box never contribute.
    /// </summary>
    /// <param name="image">The image.</param>
    /// <param name="box">The part of the image to resize.</param>
    /// <param name="width">Width of the whole resized box.</param>
    /// <param name="height">Height of the whole resized box.</param>
    /// <param name="window">The part of the resized box to compute.</param>
    /// <param name="destination">Receives the window, row after row, channels interleaved as in the image.</param>
    public static void Resize(Radiograph image, PixelBox box, int width, int height, PixelBox window, Span<byte> destination)
    {
        int channels = image.Channels;
        int rowLength = window.Width * channels;
        if (box.Width == width && box.Height == height)
        {
            for (int y = 0; y < window.Height; y++)
            {
                int from = (((box.Y + window.Y + y) * image.Width) + box.X + window.X) * channels;
                image.Pixels.AsSpan(from, rowLength).CopyTo(destination[(y * rowLength)..]);
            }

            return;
        }

        using var horizontal = new BicubicKernel(box.Width, width, window.X, window.Width);
        using var vertical = new BicubicKernel(box.Height, height, window.Y, window.Height);
        int rows = vertical.End - vertical.First;
        byte[] between = ArrayPool<byte>.Shared.Rent(rows * rowLength);
        int planeLength = box.Width + horizontal.Taps; // zeros behind a plane let every output read whole vectors
        int[] planes = ArrayPool<int>.Shared.Rent(channels * planeLength);
        planes.AsSpan(0, channels * planeLength).Clear();
        for (int row = 0; row < rows; row++)
        {
            int from = (((box.Y + vertical.First + row) * image.Width) + box.X) * channels;
            Widen(image.Pixels.AsSpan(from, box.Width * channels), channels, planes, planeLength);
            for (int channel = 0; channel < channels; channel++)
            {
                ResizeRow(planes.AsSpan(channel * planeLength, planeLength), horizontal, between.AsSpan(row * rowLength, rowLength),
                    channel, channels);
            }
        }

        for (int y = 0; y < window.Height; y++)
        {
            int start = vertical.Starts[y] - vertical.First;
            ReadOnlySpan<int> weights = vertical.Weights(y)[..Math.Min(vertical.Support, rows - start)];
            MixRows(between.AsSpan(start * rowLength), rowLength, weights, destination.Slice(y * rowLength, rowLength));
        }

        ArrayPool<int>.Shared.Return(planes);
        ArrayPool<byte>.Shared.Return(between);
    }

    // Interleaved bytes -> one plane of 32-bit integers per channel.
    private static void Widen(ReadOnlySpan<byte> row, int channels, Span<int> planes, int planeLength)
    {
        if (channels == 1)
        {
            int x = 0;
            for (; x <= row.Length - Vector<byte>.Count; x += Vector<byte>.Count)
            {
                Expand(new Vector<byte>(row[x..]), out Vector<int> a, out Vector<int> b, out Vector<int> c, out Vector<int> d);
                a.CopyTo(planes[x..]);
                b.CopyTo(planes[(x + Vector<int>.Count)..]);
                c.CopyTo(planes[(x + (2 * Vector<int>.Count))..]);
                d.CopyTo(planes[(x + (3 * Vector<int>.Count))..]);
            }

            for (; x < row.Length; x++)
            {
                planes[x] = row[x];
            }

            return;
        }

        for (int i = 0, x = 0; i < row.Length; i += 3, x++)
        {
            planes[x] = row[i];
            planes[planeLength + x] = row[i + 1];
            planes[(2 * planeLength) + x] = row[i + 2];
        }
    }

    private static void ResizeRow(ReadOnlySpan<int> plane, BicubicKernel kernel, Span<byte> target, int channel, int channels)
    {
        ReadOnlySpan<int> starts = kernel.Starts;
        for (int i = 0; i < starts.Length; i++)
        {
            ReadOnlySpan<int> weights = kernel.Weights(i);
            ReadOnlySpan<int> values = plane.Slice(starts[i], weights.Length);
            Vector<int> sum = Vector<int>.Zero;
            for (int t = 0; t < weights.Length; t += Vector<int>.Count)
            {
                sum += new Vector<int>(values[t..]) * new Vector<int>(weights[t..]);
            }

            target[(i * channels) + channel] = Round(BicubicKernel.Half + Vector.Sum(sum));
        }
    }

    private static void MixRows(ReadOnlySpan<byte> rows, int rowLength, ReadOnlySpan<int> weights, Span<byte> target)
    {
        int x = 0;
        for (; x <= rowLength - Vector<byte>.Count; x += Vector<byte>.Count)
        {
            var sum0 = new Vector<int>(BicubicKernel.Half);
            Vector<int> sum1 = sum0;
            Vector<int> sum2 = sum0;
            Vector<int> sum3 = sum0;
            for (int t = 0; t < weights.Length; t++)
            {
                Expand(new Vector<byte>(rows[((t * rowLength) + x)..]), out Vector<int> a, out Vector<int> b, out Vector<int> c,
                    out Vector<int> d);
                var weight = new Vector<int>(weights[t]);
                sum0 += a * weight;
                sum1 += b * weight;
                sum2 += c * weight;
                sum3 += d * weight;
            }

            Vector.Narrow(
                Vector.Narrow(Vector.AsVectorUInt32(Clamp(sum0)), Vector.AsVectorUInt32(Clamp(sum1))),
                Vector.Narrow(Vector.AsVectorUInt32(Clamp(sum2)), Vector.AsVectorUInt32(Clamp(sum3)))).CopyTo(target[x..]);
        }

        for (; x < rowLength; x++)
        {
            int sum = BicubicKernel.Half;
            for (int t = 0; t < weights.Length; t++)
            {
                sum += rows[(t * rowLength) + x] * weights[t];
            }

            target[x] = Round(sum);
        }
    }

    private static void Expand(Vector<byte> bytes, out Vector<int> a, out Vector<int> b, out Vector<int> c, out Vector<int> d)
    {
        Vector.Widen(bytes, out Vector<ushort> low, out Vector<ushort> high);
        Vector.Widen(low, out Vector<uint> a0, out Vector<uint> b0);
        Vector.Widen(high, out Vector<uint> c0, out Vector<uint> d0);
        (a, b, c, d) = (Vector.AsVectorInt32(a0), Vector.AsVectorInt32(b0), Vector.AsVectorInt32(c0), Vector.AsVectorInt32(d0));
    }

    private static Vector<int> Clamp(Vector<int> sum) =>
        Vector.Min(Vector.Max(Vector.ShiftRightArithmetic(sum, BicubicKernel.PrecisionBits), Vector<int>.Zero), new Vector<int>(255));

    private static byte Round(int sum) => (byte)Math.Clamp(sum >> BicubicKernel.PrecisionBits, 0, 255);
}
