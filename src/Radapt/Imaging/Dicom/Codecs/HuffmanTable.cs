namespace Radapt.Imaging.Dicom.Codecs;

/// <summary>A Huffman table of a JPEG stream (ITU-T T.81, annex C) as a lookup by the next 16 bits.</summary>
internal sealed class HuffmanTable
{
    private const int LongestCode = 16;

    /// <summary>For each 16 bits: the code's length in the high byte, the symbol in the low; 0: no code.</summary>
    public readonly ushort[] Lookup = new ushort[1 << LongestCode];

    /// <summary>Builds the lookup.</summary>
    /// <param name="lengths">How many codes have 1, 2, ... 16 bits.</param>
    /// <param name="symbols">Their symbols in the order of the codes.</param>
    /// <param name="largest">Largest symbol there may be.</param>
    /// <exception cref="InvalidDataException">Not a prefix code, or other symbols.</exception>
    public HuffmanTable(ReadOnlySpan<byte> lengths, ReadOnlySpan<byte> symbols, int largest)
    {
        int next = 0; // 16-bit words taken so far
        int s = 0;
        for (int length = 1; length <= LongestCode; length++)
        {
            int words = 1 << (LongestCode - length);
            for (int i = 0; i < lengths[length - 1]; i++, s++)
            {
                if (next + words > Lookup.Length || symbols[s] > largest)
                {
                    throw new InvalidDataException("a Huffman table of the JPEG stream is damaged; copy or export the file again");
                }

                Lookup.AsSpan(next, words).Fill((ushort)((length << 8) | symbols[s]));
                next += words;
            }
        }
    }
}
