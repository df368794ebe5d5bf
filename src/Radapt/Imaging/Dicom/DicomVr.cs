namespace Radapt.Imaging.Dicom;

/// <summary>Value representations by their two letters (PS3.5, 6.2).</summary>
internal static class DicomVr
{
    public static readonly ushort OtherWord = FromLetters('O', 'W');
    public static readonly ushort Double = FromLetters('F', 'D');
    public static readonly ushort Single = FromLetters('F', 'L');
    public static readonly ushort SignedLong = FromLetters('S', 'L');
    public static readonly ushort SignedShort = FromLetters('S', 'S');
    public static readonly ushort UnsignedLong = FromLetters('U', 'L');
    public static readonly ushort UnsignedShort = FromLetters('U', 'S');
    public static readonly ushort Sequence = FromLetters('S', 'Q');
    public static readonly ushort Unknown = FromLetters('U', 'N');

    private static readonly HashSet<ushort> s_short =
    [
        .. new[] { "AE", "AS", "AT", "CS", "DA", "DS", "DT", "FD", "FL", "IS", "LO", "LT", "PN", "SH", "SL", "SS", "ST", "TM",
            "UI", "UL", "US" }
            .Select(vr => FromLetters(vr[0], vr[1])),
    ];

    private static readonly HashSet<ushort> s_long =
    [
        .. new[] { "OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV" }.Select(vr => FromLetters(vr[0], vr[1])),
    ];

    public static ushort FromLetters(char first, char second) => (ushort)((first << 8) | second);

    /// <summary>Two capital letters.</summary>
    public static bool IsPlausible(ushort vr) => (vr >> 8) is >= 'A' and <= 'Z' && (vr & 0xFF) is >= 'A' and <= 'Z';

    /// <summary>One of the standard's (PS3.5, 6.2).</summary>
    public static bool IsKnown(ushort vr) => s_short.Contains(vr) || s_long.Contains(vr);

    /// <summary>
    /// Whether the length has 16 bits; all others, later additions to the standard included, have two reserved bytes and 32 bits (PS3.5,
    /// 7.1.2).
    /// </summary>
    public static bool HasShortLength(ushort vr) => s_short.Contains(vr);
}
