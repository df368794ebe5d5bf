namespace Radapt.Imaging.Dicom;

/// <summary>Where a data element's value lies in the data set's bytes.</summary>
/// <param name="Tag">The tag.</param>
/// <param name="Vr">Value representation, its two letters as a number (<see cref="DicomVr"/>); 0 in implicit data sets, which do not state it.</param>
/// <param name="Offset">First byte of the value.</param>
/// <param name="Length">Bytes of the value; <see cref="Undefined"/>: it ends by a delimiter.</param>
internal readonly record struct DicomElement(DicomTag Tag, ushort Vr, int Offset, uint Length)
{
    public const uint Undefined = uint.MaxValue;
}

/// <summary>Value representations by their two letters (PS3.5, 6.2).</summary>
internal static class DicomVr
{
    public static readonly ushort OtherWord = Of('O', 'W');
    public static readonly ushort Double = Of('F', 'D');
    public static readonly ushort Single = Of('F', 'L');
    public static readonly ushort SignedLong = Of('S', 'L');
    public static readonly ushort SignedShort = Of('S', 'S');
    public static readonly ushort UnsignedLong = Of('U', 'L');
    public static readonly ushort UnsignedShort = Of('U', 'S');
    public static readonly ushort Sequence = Of('S', 'Q');
    public static readonly ushort Unknown = Of('U', 'N');

    private static readonly HashSet<ushort> s_short =
    [
        .. new[] { "AE", "AS", "AT", "CS", "DA", "DS", "DT", "FD", "FL", "IS", "LO", "LT", "PN", "SH", "SL", "SS", "ST", "TM", "UI", "UL", "US" }
            .Select(vr => Of(vr[0], vr[1])),
    ];

    private static readonly HashSet<ushort> s_long =
    [
        .. new[] { "OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV" }.Select(vr => Of(vr[0], vr[1])),
    ];

    public static ushort Of(char first, char second) => (ushort)((first << 8) | second);

    /// <summary>Two capital letters.</summary>
    public static bool IsPlausible(ushort vr) => (vr >> 8) is >= 'A' and <= 'Z' && (vr & 0xFF) is >= 'A' and <= 'Z';

    /// <summary>One of the standard's (PS3.5, 6.2).</summary>
    public static bool IsKnown(ushort vr) => s_short.Contains(vr) || s_long.Contains(vr);

    /// <summary>Whether the length has 16 bits; all others, later additions to the standard included, have two reserved bytes and 32 bits (PS3.5, 7.1.2).</summary>
    public static bool HasShortLength(ushort vr) => s_short.Contains(vr);
}
