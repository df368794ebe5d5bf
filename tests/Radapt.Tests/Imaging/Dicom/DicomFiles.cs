using Radapt.Imaging.Dicom;
using Radapt.TestData.Dicom;

namespace Radapt.Tests.Imaging.Dicom;

/// <summary>Files with unusual headers, made for a test.</summary>
internal static class DicomFiles
{
    /// <summary>The elements that pixels need, up to High Bit and Pixel Representation.</summary>
    public static DicomWriter Header(
        int rows, int columns, int samples, int bits, string photometric, bool isSigned = false, bool isPlanar = false,
            int? allocated = null, int? high = null,
        bool isExplicit = true, bool isBigEndian = false, int frames = 1)
    {
        DicomWriter file = new DicomWriter(isExplicit, isBigEndian)
            .Text(DicomTag.Modality, "CS", "CR").Words(DicomTag.SamplesPerPixel, (ushort)samples)
            .Text(DicomTag.Photometric, "CS", photometric);
        if (samples > 1)
        {
            file.Words(DicomTag.PlanarConfiguration, (ushort)(isPlanar ? 1 : 0));
        }

        if (frames > 1)
        {
            file.Text(DicomTag.Frames, "IS", $"{frames}");
        }

        return file.Words(DicomTag.Rows, (ushort)rows).Words(DicomTag.Columns, (ushort)columns)
            .Words(DicomTag.BitsAllocated, (ushort)(allocated ?? (bits > 8 ? 16 : 8))).Words(DicomTag.BitsStored, (ushort)bits)
            .Words(DicomTag.HighBit, (ushort)(high ?? (bits - 1))).Words(DicomTag.PixelRepresentation, (ushort)(isSigned ? 1 : 0));
    }

    /// <summary>A row of gray values of 16 bits, after <paramref name="more"/> was added to the header.</summary>
    public static byte[] Row(int[] values, int bits = 16, bool isSigned = false, string photometric = "MONOCHROME2",
        Action<DicomWriter>? more = null)
    {
        DicomWriter file = Header(1, values.Length, 1, bits, photometric, isSigned, allocated: 16);
        more?.Invoke(file);
        return file.Words(DicomTag.PixelData, "OW", [.. values.Select(v => (ushort)v)]).ToFile(DicomWriter.ExplicitLittleEndian);
    }

    public static byte[] Compressed(int rows, int columns, int samples, int bits, string syntax, uint[] offsets,
        params byte[][] fragments) =>
        Compressed(rows, columns, samples, bits, syntax, offsets, 1, fragments);

    public static byte[] Compressed(int rows, int columns, int samples, int bits, string syntax, uint[] offsets, int frames,
        params byte[][] fragments) =>
        Header(rows, columns, samples, bits, samples == 3 ? "RGB" : "MONOCHROME2", frames: frames).Fragments(offsets, fragments)
            .ToFile(syntax);
}
