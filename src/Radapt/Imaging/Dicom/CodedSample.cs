using Radapt.Imaging.Dicom.Codecs;

namespace Radapt.Imaging.Dicom;

/// <summary>What a compressed stream says of its samples, which can differ from what the header says.</summary>
/// <param name="Bits">Bits of a sample.</param>
/// <param name="IsSigned">Negative samples are coded as such; null: the coding has none, so a signed sample is coded by its bits.</param>
/// <param name="HasOwnSign">Encoders of this coding code a signed sample in as few bits as it needs, the highest of them its sign.</param>
internal readonly record struct CodedSample(int Bits, bool? IsSigned, bool HasOwnSign)
{
    /// <summary>Reads the stream's header.</summary>
    /// <exception cref="InvalidDataException">There is none.</exception>
    public static CodedSample Read(PixelCoding coding, ReadOnlySpan<byte> stream)
    {
        if (coding == PixelCoding.Jpeg2000)
        {
            (int bits, bool isSigned) = Jpeg2000Size.Sample(stream);
            return new CodedSample(bits, isSigned, HasOwnSign: true);
        }

        return new CodedSample(JpegFrame.Read(stream).Bits, IsSigned: null, HasOwnSign: coding == PixelCoding.JpegLs);
    }

    /// <summary>Where in a decoded sample the stored one is, and whether it is signed.</summary>
    public PixelFormat Place(PixelFormat format)
    {
        if (IsSigned == true && !format.IsSigned)
        {
            return format with { BitsStored = Bits, HighBit = Bits - 1, IsSigned = true };
        }

        // A stream of fewer bits than the header says has the sign in its own highest bit.
        if (format.IsSigned && HasOwnSign && IsSigned != true && Bits < format.BitsStored)
        {
            return format with { BitsStored = Bits, HighBit = Bits - 1 };
        }

        // A stream that reaches the high bit holds all bits that were allocated (PS3.5, 8.1.1); another one holds the stored bits alone.
        return format.HighBit < Bits ? format : format with { HighBit = format.BitsStored - 1 };
    }
}
