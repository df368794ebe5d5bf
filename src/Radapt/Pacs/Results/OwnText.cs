namespace Radapt.Pacs.Results;

/// <summary>Texts that do not come from the source image, such as names of findings, as elements may have them.</summary>
internal static class OwnText
{
    private const string Cut = "...";

    /// <summary>
    /// The text on one line, without backslashes, which separate values, and cut where it is longer than an element may be.
    /// </summary>
    public static string Fit(string text, int most)
    {
        string line = new([.. text.Trim().Select(c => char.IsControl(c) ? ' ' : c == '\\' ? '/' : c)]);
        return line.Length <= most ? line : line[..(most - Cut.Length)] + Cut;
    }
}
