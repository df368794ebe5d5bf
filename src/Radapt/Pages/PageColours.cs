using System.Text.RegularExpressions;

namespace Radapt.Pages;

/// <summary>
/// The colours of pages and drawings. Those of lines differ in lightness as well as in hue, so that people who do not see red and green
/// apart, and gray prints, still tell them apart; more than four lines also differ in dashes.
/// </summary>
internal static partial class PageColours
{
    /// <summary>Colours that lines and areas may have: <c>1</c>, <c>2</c>, ….</summary>
    public const int Lines = 6;

    private static readonly Dictionary<string, string> s_light = new(StringComparer.Ordinal)
    {
        ["ink"] = "#1b2330",
        ["soft"] = "#566173",
        ["paper"] = "#f6f7f9",
        ["card"] = "#ffffff",
        ["line"] = "#dfe3e9",
        ["1"] = "#1f5fc4",
        ["2"] = "#c4560a",
        ["3"] = "#0b7d62",
        ["4"] = "#7a3fb0",
        ["5"] = "#5b6675",
        ["6"] = "#a3306b",
        ["up"] = "#d0342c",
        ["down"] = "#2f6fd0",
        ["tint"] = "#eef3fb",
        ["mark"] = "#fff4d6",
        ["mark-line"] = "#d9a514",
    };

    private static readonly Dictionary<string, string> s_dark = new(StringComparer.Ordinal)
    {
        ["ink"] = "#e7ebf1",
        ["soft"] = "#9ca8b8",
        ["paper"] = "#10141a",
        ["card"] = "#181e26",
        ["line"] = "#2c3541",
        ["1"] = "#7fb2ff",
        ["2"] = "#ffab66",
        ["3"] = "#5ed3b1",
        ["4"] = "#c79bf2",
        ["5"] = "#a5b0be",
        ["6"] = "#f092c0",
        ["up"] = "#ff7a70",
        ["down"] = "#77aaff",
        ["tint"] = "#1d2735",
        ["mark"] = "#37301a",
        ["mark-line"] = "#b88f22",
    };

    private static readonly Dictionary<string, string> s_print = new(s_light)
    {
        ["ink"] = "#000000",
        ["soft"] = "#444444",
        ["paper"] = "#ffffff",
        ["line"] = "#bbbbbb",
        ["tint"] = "#f4f4f4",
    };

    /// <summary>CSS that declares the colours as variables: by the reader's system light or dark, and for print.</summary>
    public static string Declarations { get; } =
        ":root{color-scheme:light dark;" + Variables(s_light) + "}\n"
        + "@media screen and (prefers-color-scheme:dark){:root{" + Variables(s_dark) + "}}\n"
        + "@media print{:root{color-scheme:light;" + Variables(s_print) + "}}";

    /// <summary>CSS with the variables replaced by the light colours, for files that stand alone.</summary>
    public static string Resolve(string css) => Variable().Replace(css, m => s_light[m.Groups[1].Value]);

    private static string Variables(Dictionary<string, string> colours) => string.Concat(colours.Select(c => $"--{c.Key}:{c.Value};"));

    [GeneratedRegex(@"var\(--([a-z0-9-]+)\)")]
    private static partial Regex Variable();
}
