using System.Text;

namespace Radapt.Imaging.Dicom.Writing;

/// <summary>
/// How the texts of a file are encoded that has texts of another file, and own ones. The other file's bytes are copied as they are, under
/// the character set that it states. Only where an own text has letters outside of ASCII everything becomes UTF-8 (<c>ISO_IR 192</c>).
/// Character sets with escape sequences (ISO 2022) are not converted: there, such letters of own texts become question marks.
/// </summary>
internal sealed class ResultCharacterSet
{
    private const string Utf8 = "ISO_IR 192";

    // Defined terms (PS3.3, C.12.1.1.2) and code pages. Without a term or with ISO_IR 6 it should be ASCII, and is Latin-1 in careless
    // files.
    private static readonly Dictionary<string, int> s_pages = new(StringComparer.Ordinal)
    {
        [""] = 28591,
        ["ISO_IR 6"] = 28591,
        ["ISO_IR 100"] = 28591,
        ["ISO_IR 101"] = 28592,
        ["ISO_IR 109"] = 28593,
        ["ISO_IR 110"] = 28594,
        ["ISO_IR 144"] = 28595,
        ["ISO_IR 127"] = 28596,
        ["ISO_IR 126"] = 28597,
        ["ISO_IR 138"] = 28598,
        ["ISO_IR 148"] = 28599,
        ["ISO_IR 203"] = 28605,
        ["GB18030"] = 54936,
        ["GBK"] = 936,
    };

    private readonly Encoding? _from;

    private ResultCharacterSet(string declared, Encoding encoding, Encoding? from) =>
        (Declared, Encoding, _from) = (declared, encoding, from);

    /// <summary>The value of Specific Character Set; empty: the element is left out.</summary>
    public string Declared { get; }

    /// <summary>Of own texts.</summary>
    public Encoding Encoding { get; }

    /// <summary>Chooses.</summary>
    /// <param name="declared">Specific Character Set of the other file; empty: none.</param>
    /// <param name="ownTexts">What else will be written.</param>
    public static ResultCharacterSet Choose(string declared, IEnumerable<string> ownTexts)
    {
        string known = declared.Split('\\').All(t => t.Length <= 16 && t.All(IsTermLetter)) ? declared : "";
        bool needsMore = ownTexts.Any(t => t.Any(c => !char.IsAscii(c)));
        return known == Utf8 ? new ResultCharacterSet(known, Encoding.UTF8, null)
            : !needsMore || !s_pages.TryGetValue(known, out int page) ? new ResultCharacterSet(known, Encoding.ASCII, null)
            : new ResultCharacterSet(Utf8, Encoding.UTF8,
                page == 28591 ? Encoding.Latin1 : CodePagesEncodingProvider.Instance.GetEncoding(page));
    }

    /// <summary>A text of the other file in this character set.</summary>
    public byte[] Convert(byte[] text) => _from is null ? text : Encoding.UTF8.GetBytes(_from.GetString(text));

    private static bool IsTermLetter(char c) => char.IsAsciiLetterUpper(c) || char.IsAsciiDigit(c) || c is ' ' or '_';
}
