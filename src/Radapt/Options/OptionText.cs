using System.Collections;
using System.Globalization;

namespace Radapt.Options;

/// <summary>Values of options as text.</summary>
internal static class OptionText
{
    /// <summary>As it would be typed: numbers as the field writes them, lists with commas.</summary>
    public static string Format(object? value) => value switch
    {
        null => "",
        string text => text,
        bool flag => flag ? "true" : "false",
        double number => number.ToString("R", CultureInfo.InvariantCulture).Replace('E', 'e'),
        Enum choice => choice.Spelled(),
        IEnumerable items => string.Join(",", items.Cast<object>().Select(Format)),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString()!,
    };
}
