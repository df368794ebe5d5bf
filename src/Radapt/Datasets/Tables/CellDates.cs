using System.Globalization;
using System.Xml;

namespace Radapt.Datasets.Tables;

/// <summary>
/// Days in a workbook are numbers; only a cell's style says that they are shown as days (ECMA-376 part 1, 18.8.10 and 18.17.4). They are
/// read as <c>2023-01-02</c>, which is what people see and what other tables have.
/// </summary>
internal sealed class CellDates
{
    private const int MostStyles = 65_536; // more than spreadsheet programs allow
    private const double FirstDay = 61; // 1 March 1900; the days before it are counted differently by different programs
    private const double LastDay = 2_958_465; // 31 December 9999
    private const double DaysFrom1904 = 1462;
    private static readonly DateTime s_day0 = new(1899, 12, 30);

    private readonly bool[] _isDate; // by style
    private readonly double _shift;

    private CellDates(bool[] isDate, bool from1904) => (_isDate, _shift) = (isDate, from1904 ? DaysFrom1904 : 0);

    /// <summary>Reads which styles show days.</summary>
    /// <param name="parts">The workbook.</param>
    public static CellDates Read(WorkbookParts parts)
    {
        using XmlReader? xml = parts.Styles();
        var formats = new Dictionary<string, bool>(StringComparer.Ordinal);
        var isDate = new List<bool>();
        bool inCells = false; // <cellStyleXfs> has <xf> elements, too
        while (xml is not null && isDate.Count < MostStyles && formats.Count < MostStyles && xml.Read())
        {
            if (xml.LocalName == "cellXfs")
            {
                inCells = xml is { NodeType: XmlNodeType.Element, IsEmptyElement: false };
            }
            else if (xml is { NodeType: XmlNodeType.Element, LocalName: "numFmt" } && xml.GetAttribute("numFmtId") is { } id)
            {
                formats[id] = ShowsDay(xml.GetAttribute("formatCode") ?? "");
            }
            else if (inCells && xml is { NodeType: XmlNodeType.Element, LocalName: "xf" })
            {
                string format = xml.GetAttribute("numFmtId") ?? "";
                isDate.Add(formats.TryGetValue(format, out bool given) ? given : IsBuiltIn(format));
            }
        }

        return new CellDates([.. isDate], parts.CountsFrom1904());
    }

    /// <summary>A number as its style shows it: a day, with the time if there is one; null: it is not a day.</summary>
    /// <param name="style">The cell's attribute <c>s</c>.</param>
    /// <param name="number">What is stored.</param>
    public string? Read(string? style, string number)
    {
        if (!int.TryParse(style, NumberStyles.None, CultureInfo.InvariantCulture, out int s) || s >= _isDate.Length || !_isDate[s]
            || !double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out double days)
            || days + _shift is not (>= FirstDay and < LastDay + 1))
        {
            return null;
        }

        DateTime time = s_day0.AddSeconds(Math.Round((days + _shift) * 86_400));
        return time.ToString(time.TimeOfDay == TimeSpan.Zero ? "yyyy-MM-dd" : "yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
    }

    // 14 to 17 and 22 are days everywhere, 27 to 36 and 50 to 58 in East Asian versions.
    private static bool IsBuiltIn(string format) =>
        int.TryParse(format, NumberStyles.None, CultureInfo.InvariantCulture, out int id) && id is >= 14 and <= 17 or 22 or >= 27 and <= 36
            or >= 50 and <= 58;

    // A format with a year or a day in it, outside of quoted text, escapes and [conditions].
    private static bool ShowsDay(string code)
    {
        for (int i = 0; i < code.Length; i++)
        {
            char c = code[i];
            if (c is '"' or '[')
            {
                int end = code.IndexOf(c == '"' ? '"' : ']', i + 1);
                i = end < 0 ? code.Length : end;
            }
            else if (c is '\\' or '_' or '*')
            {
                i++;
            }
            else if (c is 'y' or 'Y' or 'd' or 'D')
            {
                return true;
            }
        }

        return false;
    }
}
