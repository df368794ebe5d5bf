namespace Radapt.Imaging.Dicom;

/// <summary>A modality or VOI lookup table (PS3.3, C.11.1.1, C.11.2.1.1), or one colour of a palette (C.7.6.3.1.5).</summary>
/// <param name="First">The input that maps to the first entry; lower ones do, too, and higher ones than the last map to the last.</param>
/// <param name="Bits">Bits of an entry.</param>
/// <param name="Entries">The outputs.</param>
internal sealed record LookupTable(int First, int Bits, ushort[] Entries)
{
    /// <summary>The table of a sequence item; null: the sequence is absent.</summary>
    /// <exception cref="InvalidDataException">Its descriptor and data do not fit.</exception>
    public static LookupTable? Of(DicomDataSet set, DicomTag sequence, bool isSigned) =>
        set.FirstItem(sequence) is { } item ? Read(item, DicomTag.LutDescriptor, DicomTag.LutData, isSigned) : null;

    /// <summary>Reads a descriptor and its data.</summary>
    /// <param name="set">The data set that holds them.</param>
    /// <param name="descriptorTag">Entries, first input, bits.</param>
    /// <param name="dataTag">The entries.</param>
    /// <param name="isSigned">The first input is signed where the data set does not say.</param>
    /// <exception cref="InvalidDataException">They are missing or do not fit.</exception>
    public static LookupTable Read(DicomDataSet set, DicomTag descriptorTag, DicomTag dataTag, bool isSigned)
    {
        ushort[] descriptor = set.UInt16s(descriptorTag);
        ushort[] data = set.UInt16s(dataTag);
        if (descriptor.Length < 3 || descriptor[2] is < 1 or > 16)
        {
            throw new InvalidDataException($"{descriptorTag} is missing or damaged; export the file again");
        }

        int count = descriptor[0] == 0 ? 65_536 : descriptor[0];
        if (data.Length < count)
        {
            // Entries of 8 bits may stand two in a word.
            data = 2 * data.Length >= count ? Unpacked(data, count)
                : throw new InvalidDataException($"{dataTag} has fewer entries than {descriptorTag} says; export the file again");
        }

        bool isNegative = set.Find(descriptorTag) is { Vr: 0 } ? isSigned : set.Find(descriptorTag)!.Value.Vr == DicomVr.SignedShort;
        return new LookupTable(isNegative ? (short)descriptor[1] : descriptor[1], descriptor[2], data[..count]);
    }

    /// <summary>Looks up.</summary>
    public ushort this[double input] => Entries[(int)Math.Clamp(input - First, 0, Entries.Length - 1)];

    private static ushort[] Unpacked(ushort[] words, int count)
    {
        var entries = new ushort[count];
        for (int i = 0; i < count; i++)
        {
            entries[i] = (ushort)((words[i / 2] >> (8 * (i % 2))) & 0xFF);
        }

        return entries;
    }
}
