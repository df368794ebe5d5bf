using System.Numerics;

namespace Radapt.Imaging.Dicom;

/// <summary>A modality or VOI lookup table (PS3.3, C.11.1.1, C.11.2.1.1), or one colour of a palette (C.7.6.3.1.5).</summary>
/// <param name="First">The input that maps to the first entry; lower ones do, too, and higher ones than the last map to the last.</param>
/// <param name="Bits">Bits of an entry, as the descriptor says.</param>
/// <param name="Entries">The outputs; at least one.</param>
/// <param name="IsWhole">There are as many entries as the descriptor says.</param>
internal sealed record LookupTable(int First, int Bits, ushort[] Entries, bool IsWhole)
{
    /// <summary>The largest entry.</summary>
    public int Largest { get; } = Entries.Max();

    /// <summary>
    /// The entry that is white: what <see cref="Bits"/> allow. Where entries go beyond it, or a whole table of more than 8 bits leaves one
    /// of
    /// them unused, the descriptor is wrong (entries of 12 bits said to have 8 or 16 are common), and the largest entry is white.
    /// </summary>
    public int White => (1 << Bits) - 1 is var most && (Largest > most || (IsWhole && Bits > 8 && Largest <= most / 2)) ? Largest : most;

    /// <summary>The table of a sequence item; null: the sequence is absent, or its item is empty.</summary>
    /// <exception cref="InvalidDataException">Its descriptor and data do not fit.</exception>
    public static LookupTable? Read(DicomDataSet set, DicomTag sequence, bool isSigned) =>
        set.FirstItem(sequence) is { } item && (HasValue(item, DicomTag.LutDescriptor) || HasValue(item, DicomTag.LutData))
            ? Read(item, DicomTag.LutDescriptor, DicomTag.LutData, isSigned) : null;

    /// <summary>Reads a descriptor and its data.</summary>
    /// <param name="set">The data set that holds them.</param>
    /// <param name="descriptorTag">Entries, first input, bits.</param>
    /// <param name="dataTag">The entries.</param>
    /// <param name="isSigned">Inputs can be negative.</param>
    /// <exception cref="InvalidDataException">They are missing or do not fit.</exception>
    public static LookupTable Read(DicomDataSet set, DicomTag descriptorTag, DicomTag dataTag, bool isSigned)
    {
        ushort[] descriptor = set.UInt16s(descriptorTag);
        ushort[] data = set.UInt16s(dataTag);
        if (descriptor.Length < 3 || descriptor[2] is < 1 or > 16)
        {
            throw new InvalidDataException($"{descriptorTag} is missing or damaged; export the file again");
        }

        if (data.Length == 0)
        {
            throw new InvalidDataException($"{dataTag} is missing or empty; export the file again");
        }

        int count = descriptor[0] == 0 ? 65_536 : descriptor[0];
        int bits = descriptor[2];
        if (bits <= 8 && data.Length < count && data.Length == (count + 1) / 2)
        {
            data = Unpacked(data, count); // entries of 8 bits may be two in a word, those of more are words (C.11.1.1.1)
        }

        int first = FirstInput(set, descriptorTag, descriptor[1], count, isSigned);
        return new LookupTable(first, bits, data[..Math.Min(count, data.Length)], data.Length >= count);
    }

    /// <summary>Looks up.</summary>
    public ushort this[double input] => Entries[(int)Math.Clamp(input - First, 0, Entries.Length - 1)];

    /// <summary>
    /// By how many bits the entries of a palette's colours are shifted to make 8 of them. Entries that fit into a byte are levels of 8
    /// bits, and
    /// larger ones are not, whatever the descriptors say.
    /// </summary>
    public static int ShiftToByte(IReadOnlyList<LookupTable> colours)
    {
        int used = 32 - BitOperations.LeadingZeroCount((uint)colours.Max(t => t.Largest));
        return used <= 8 ? 0 : Math.Max(used, colours.Max(t => t.Bits)) - 8;
    }

    private static bool HasValue(DicomDataSet item, DicomTag tag) => item.Find(tag) is { Length: > 0 };

    // The descriptor's second value has the sign of the inputs, whatever representation the element says. A table of inputs below zero
    // only,
    // where there are none, has a first input that is unsigned.
    private static int FirstInput(DicomDataSet set, DicomTag tag, ushort value, int count, bool isSigned)
    {
        bool isNegative = isSigned || (set.Find(tag)!.Value.Vr == DicomVr.SignedShort && (short)value + count > 0);
        return isNegative ? (short)value : value;
    }

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
