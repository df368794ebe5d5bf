using System.Collections;
using System.Collections.Concurrent;
using System.Globalization;
using System.Reflection;

namespace Radapt.Options;

/// <summary>Reads the values of options from texts; a value is of its property's type, a list an array.</summary>
internal static class OptionReader
{
    private static readonly ConcurrentDictionary<Type, SelfReading?> s_self = new();

    /// <summary>The value that a text stands for.</summary>
    /// <param name="option">The option.</param>
    /// <param name="text">As typed; list elements are separated by commas.</param>
    /// <param name="where">How an error begins, such as <c>--rank</c> or <c>my.yaml:12: rank</c>.</param>
    /// <returns>Null for <see cref="OptionDeclaration.NullWord"/>, <see cref="Automatic.Value"/> for <c>auto</c>.</returns>
    /// <exception cref="RadaptException">It is not a value of this option.</exception>
    public static object? Read(OptionDeclaration option, string text, string where)
    {
        ArgumentNullException.ThrowIfNull(text);
        return option.IsList
            ? ReadList(option, string.IsNullOrWhiteSpace(text) ? [] : text.Split(',', StringSplitOptions.TrimEntries), where)
            : option.CanBeAuto && text == Automatic.Word ? Automatic.Value
            : option.NullWord is not null && text == option.NullWord ? null
            : One(option, text, where);
    }

    /// <summary>The value of a list whose elements are apart already, as in a YAML list.</summary>
    /// <inheritdoc cref="Read" path="/param[@name='option' or @name='where']|/exception"/>
    public static Array ReadList(OptionDeclaration option, IReadOnlyList<string> items, string where)
    {
        ArgumentNullException.ThrowIfNull(items);
        items = option.MayBeRanges ? [.. items.SelectMany(i => Range(option, i, where))] : items;
        if (!option.MayRepeat && items.Distinct().Count() < items.Count)
        {
            throw new RadaptException($"{where}: {items.GroupBy(i => i).First(g => g.Count() > 1).Key} is given twice.");
        }

        if (!option.IsList)
        {
            throw new RadaptException($"{where} takes one value, not a list.");
        }

        var values = Array.CreateInstance(option.Type, items.Count);
        for (int i = 0; i < items.Count; i++)
        {
            values.SetValue(One(option, items[i], where), i);
        }

        return values;
    }

    /// <summary>What is expected instead of a value that was not read but set; null: the option takes it.</summary>
    public static string? Unmet(OptionDeclaration option, object? value) => value switch
    {
        int or long or double => UnmetNumber(option, Convert.ToDouble(value, CultureInfo.InvariantCulture)),
        string text => UnmetText(option, text),
        IEnumerable items => items.Cast<object>().Select(i => Unmet(option, i)).FirstOrDefault(u => u is not null),
        _ => null,
    };

    /// <summary>How a type that implements <see cref="IOptionValue{TSelf}"/> reads itself; null: it does not.</summary>
    public static SelfReading? Self(Type type) => s_self.GetOrAdd(type, t =>
        Array.Exists(t.GetInterfaces(), i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IOptionValue<>))
            ? (SelfReading)typeof(OptionReader).GetMethod(nameof(SelfOf), BindingFlags.NonPublic | BindingFlags.Static)!
                .MakeGenericMethod(t).Invoke(null, null)!
            : null);

    private static SelfReading SelfOf<T>()
        where T : class, IOptionValue<T> => new(T.TryParse, T.Expected, T.Choices);

    private static object One(OptionDeclaration option, string text, string where)
    {
        Type type = option.Type;
        if (type == typeof(int))
        {
            return (int)Whole(option, text, where);
        }

        if (type == typeof(long))
        {
            return Whole(option, text, where);
        }

        if (type == typeof(double))
        {
            return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number)
                ? InRange(option, number, text, where) : throw Bad(text, "a number", where);
        }

        if (option.IsFlag)
        {
            return text is "true" or "false" ? text == "true" : throw Bad(text, "true or false", where);
        }

        if (text.Length == 0)
        {
            throw new RadaptException($"{where} has no value; give one or leave it out.");
        }

        if (UnmetText(option, text) is { } expected)
        {
            throw Bad(text, expected, where);
        }

        return type == typeof(string) ? text
            : type == typeof(bool) ? text == option.Format(true)
            : type.IsEnum ? EnumNames.Find(type, text)!
            : Self(type) is { } self ? self.TryParse(text) ?? throw Bad(text, self.Expected, where)
            : throw new InvalidOperationException($"Options of type {type} cannot be read.");
    }

    private static long Whole(OptionDeclaration option, string text, string where)
    {
        bool isWhole = long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value);
        string[] words = [.. new[] { option.CanBeAuto ? Automatic.Word : null, option.NullWord }.OfType<string>()];
        if (words.Length > 0 && !(isWhole && value >= option.Min && value <= option.Max))
        {
            throw Bad(text, $"{string.Join(", ", words)} or a whole number of at least {OptionText.Format(option.Min)}", where);
        }

        if (!isWhole)
        {
            throw Bad(text, "a whole number", where);
        }

        InRange(option, value, text, where);
        return value;
    }

    // "4-7" is 4, 5, 6, 7.
    private static IEnumerable<string> Range(OptionDeclaration option, string item, string where)
    {
        string[] ends = item.Split('-');
        if (ends.Length != 2 || ends[0].Length == 0)
        {
            return [item];
        }

        (long first, long last) = (Whole(option, ends[0], where), Whole(option, ends[1], where));
        return last >= first && last - first < 65536
            ? Enumerable.Range((int)first, (int)(last - first) + 1).Select(n => OptionText.Format(n))
            : throw Bad(item, "a range from a smaller to a larger number", where);
    }

    private static double InRange(OptionDeclaration option, double value, string text, string where) =>
        UnmetNumber(option, value) is { } expected ? throw Bad(text, expected, where) : value;

    private static string? UnmetNumber(OptionDeclaration option, double value)
    {
        bool inside = (option.MinIsExcluded ? value > option.Min : value >= option.Min)
            && (option.MaxIsExcluded ? value < option.Max : value <= option.Max);
        return inside ? null : Expected(option, value);
    }

    private static string? UnmetText(OptionDeclaration option, string text) =>
        option.Choices.Count > 0 && !option.Choices.Contains(text)
            ? $"{(option.Choices.Count > 1 ? "one of " : "")}{string.Join(", ", option.Choices)}"
            : option.Check(text);

    private static string Expected(OptionDeclaration option, double value)
    {
        string low = $"{(option.MinIsExcluded ? "greater than" : "at least")} {OptionText.Format(option.Min)}";
        string high = $"{(option.MaxIsExcluded ? "less than" : "at most")} {OptionText.Format(option.Max)}";
        return option.Max < int.MaxValue ? $"{low} and {high}" : value > option.Max ? high : low;
    }

    private static RadaptException Bad(string text, string expected, string where) => new($"{where} must be {expected}, not '{text}'.");
}

/// <summary>How a type reads itself from a text.</summary>
/// <param name="TryParse">The value; null: the text is none.</param>
/// <param name="Expected">What a text must be.</param>
/// <param name="Choices">The only texts there are; empty: they cannot be listed.</param>
internal sealed record SelfReading(Func<string, object?> TryParse, string Expected, IReadOnlyList<string> Choices);
