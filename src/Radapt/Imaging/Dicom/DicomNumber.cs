using System.Buffers.Binary;
using System.Globalization;

namespace Radapt.Imaging.Dicom;

/// <summary>
/// Numbers of data elements (PS3.5, 6.2): decimal strings, also with the decimal comma and the list brackets that some programs write, and
/// binary ones, which are where a careless writer took the number's own representation.
/// </summary>
internal static class DicomNumber
{
    /// <summary>Bytes of a binary number; 0: the representation is not one.</summary>
    public static int SizeOf(ushort vr) => vr == DicomVr.Double ? 8
        : vr == DicomVr.Single || vr == DicomVr.SignedLong || vr == DicomVr.UnsignedLong ? 4
        : vr == DicomVr.SignedShort || vr == DicomVr.UnsignedShort ? 2 : 0;

    /// <summary>A binary number of <see cref="SizeOf"/> bytes.</summary>
    public static double Read(ReadOnlySpan<byte> value, ushort vr, bool isBigEndian)
    {
        Span<byte> little = stackalloc byte[8];
        little = little[..value.Length];
        value.CopyTo(little);
        if (isBigEndian)
        {
            little.Reverse();
        }

        return vr == DicomVr.Double ? BinaryPrimitives.ReadDoubleLittleEndian(little)
            : vr == DicomVr.Single ? BinaryPrimitives.ReadSingleLittleEndian(little)
            : vr == DicomVr.SignedLong ? BinaryPrimitives.ReadInt32LittleEndian(little)
            : vr == DicomVr.UnsignedLong ? BinaryPrimitives.ReadUInt32LittleEndian(little)
            : vr == DicomVr.SignedShort ? BinaryPrimitives.ReadInt16LittleEndian(little)
            : BinaryPrimitives.ReadUInt16LittleEndian(little);
    }

    /// <summary>The first number of a string; null: none, or not finite.</summary>
    public static double? Parse(string text)
    {
        bool isList = text.StartsWith('[') || text.StartsWith('(');
        string first = text.Trim('[', ']', '(', ')', '"', '\'', ' ').Split(' ')[0].TrimEnd(',', ';');
        int comma = first.IndexOf(',', StringComparison.Ordinal);
        if (comma >= 0)
        {
            // Within brackets a comma separates; elsewhere a single one without a point is a decimal comma.
            first = isList ? first[..comma] : first.Contains('.', StringComparison.Ordinal) ? "" : first.Replace(',', '.');
        }

        return double.TryParse(first, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value)
            ? value : null;
    }
}
