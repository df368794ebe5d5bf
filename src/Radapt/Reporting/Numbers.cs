using System.Globalization;
using Radapt.Metrics;
using Radapt.Pages;

namespace Radapt.Reporting;

/// <summary>Numbers as reports show them.</summary>
internal static class Numbers
{
    /// <summary>What is shown for a figure that is not defined.</summary>
    public const string None = "–";

    /// <summary>A figure with three digits.</summary>
    public static string Figure(double? value) => value?.ToString("0.000", CultureInfo.InvariantCulture) ?? None;

    /// <summary>A figure in a sentence, with two digits; with three where two would make it 1.</summary>
    public static string Short(double value) => value.ToString(value is >= 0.995 and < 1 ? "0.000" : "0.00", CultureInfo.InvariantCulture);

    /// <summary>An interval with three digits.</summary>
    public static string Interval(Interval? interval) =>
        interval is { } i ? $"{Figure(i.Lower)} to {Figure(i.Upper)}" : None;

    /// <summary>A figure and its interval in a sentence: <c>0.81 (0.76 to 0.85)</c>.</summary>
    public static string Short(Estimate estimate) => estimate.Value is not { } value ? None
        : estimate.Interval is { } i ? $"{Short(value)} ({Short(i.Lower)} to {Short(i.Upper)})" : Short(value);

    /// <summary>A figure and its interval, as a cell of a table.</summary>
    public static string Cell(Estimate estimate) => estimate.Interval is not { } i ? Figure(estimate.Value)
        : $"{Figure(estimate.Value)} <span class=\"soft\">{Figure(i.Lower)} to {Figure(i.Upper)}</span>";

    /// <summary>A number of things, with thousands separated.</summary>
    public static string Count(long? value) => value?.ToString("N0", CultureInfo.InvariantCulture) ?? None;

    /// <summary>A share in percent.</summary>
    public static string Percent(double? share, string format = "0.#") =>
        share is { } s ? (100 * s).ToString(format, CultureInfo.InvariantCulture) + " %" : None;

    /// <summary>A number with as many digits as it needs, up to six.</summary>
    public static string General(double value) => value.ToString("G6", CultureInfo.InvariantCulture);

    /// <summary>A length of time in words.</summary>
    public static string Duration(double? seconds) => seconds switch
    {
        null => None,
        < 100 => string.Create(CultureInfo.InvariantCulture, $"{Math.Max(1, seconds.Value):0} s"),
        < 6000 => string.Create(CultureInfo.InvariantCulture, $"{seconds / 60:0} min"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{seconds / 3600:0.0} h"),
    };

    /// <summary>Names in a sentence, as HTML: <c>a, b and c</c>.</summary>
    public static string And(IReadOnlyList<string> names)
    {
        string[] text = [.. names.Select(HtmlPage.Text)];
        return text.Length < 2 ? string.Concat(text) : $"{string.Join(", ", text[..^1])} and {text[^1]}";
    }
}
