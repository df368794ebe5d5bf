using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Radapt.Export;

/// <summary>A table of float32 numbers in NumPy's format, version 1.0 (NumPy Enhancement Proposal 1).</summary>
internal static class NpyFile
{
    private const int Alignment = 64;

    private static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', 1, 0];

    /// <summary>Writes a table.</summary>
    /// <param name="stream">Where.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="columns">Number of columns.</param>
    /// <param name="values">The rows.</param>
    public static void Write(Stream stream, int rows, int columns, IEnumerable<float[]> values)
    {
        string header = FormattableString.Invariant($"{{'descr': '<f4', 'fortran_order': False, 'shape': ({rows}, {columns}), }}");
        int prefix = Magic.Length + sizeof(ushort);
        int length = ((prefix + header.Length + 1 + Alignment - 1) / Alignment * Alignment) - prefix;
        stream.Write(Magic);
        Span<byte> size = stackalloc byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16LittleEndian(size, (ushort)length);
        stream.Write(size);
        stream.Write(Encoding.ASCII.GetBytes(header.PadRight(length - 1) + "\n"));
        foreach (float[] row in values)
        {
            stream.Write(MemoryMarshal.AsBytes(row.AsSpan(0, columns))); // little-endian, as every processor that Radapt runs on
        }
    }
}
