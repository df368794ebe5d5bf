using System.Globalization;
using Radapt.Datasets;
using Radapt.Datasets.Splits;

namespace Radapt.Training.Recipes;

/// <summary>Where an option stands in help texts and recipe files.</summary>
public enum RecipeGroup
{
    /// <summary>Images, labels, splits.</summary>
    Data,

    /// <summary>The backbone and its weights.</summary>
    Model,

    /// <summary>What is trained.</summary>
    Method,

    /// <summary>Normalisation, resizing, augmentation.</summary>
    Pixels,

    /// <summary>Learning rate, epochs, batches.</summary>
    Optimisation,

    /// <summary>Validation and early stopping.</summary>
    Validation,

    /// <summary>Precision, device, threads, seed.</summary>
    Compute,
}

/// <summary>What an option's value is. In brackets: the .NET type it is parsed to.</summary>
public enum RecipeValueKind
{
    /// <summary>A text or path (string).</summary>
    Text,

    /// <summary>True or false (bool). On the command line the option alone means true.</summary>
    Flag,

    /// <summary>A whole number (long).</summary>
    Integer,

    /// <summary>A finite number (double).</summary>
    Number,

    /// <summary>A share, a number of images or a number for every finding (<see cref="LabelFraction"/>).</summary>
    Fraction,

    /// <summary>Texts, comma-separated or a YAML list (string[]).</summary>
    TextList,

    /// <summary>Whole numbers, comma-separated or a YAML list (long[]).</summary>
    IntegerList,
}

/// <summary>
/// One option of a recipe. <see cref="RecipeOptions.All"/> is the only list of them: the command line, the YAML reader and writer and
/// the documents are made from it.
/// </summary>
public sealed record RecipeOption
{
    /// <summary>The option's name, as on the command line (without <c>--</c>) and in YAML.</summary>
    public required string Name { get; init; }

    /// <summary>Its heading.</summary>
    public required RecipeGroup Group { get; init; }

    /// <summary>What its value is.</summary>
    public required RecipeValueKind Kind { get; init; }

    /// <summary>What it decides and its unit, one line.</summary>
    public required string Description { get; init; }

    /// <summary>The default in words; null: none.</summary>
    public string? Default { get; init; }

    /// <summary>
    /// Why the default is what it is, where it is the same for everyone; null where it is chosen from weights, data or machine.
    /// </summary>
    public string? DefaultReason { get; init; }

    /// <summary>The only values (of a list: elements) there are; empty: any.</summary>
    public IReadOnlyList<string> Allowed { get; init; } = [];

    /// <summary>The methods it belongs to; empty: all.</summary>
    public IReadOnlyList<string> Methods { get; init; } = [];

    /// <summary>The optimizers it belongs to; empty: all.</summary>
    public IReadOnlyList<string> Optimizers { get; init; } = [];

    /// <summary>Smallest number.</summary>
    public double Min { get; init; } = double.NegativeInfinity;

    /// <summary>Largest number.</summary>
    public double Max { get; init; } = double.PositiveInfinity;

    /// <summary>Whether <see cref="Min"/> itself is not a value.</summary>
    public bool MinIsExcluded { get; init; }

    /// <summary>Whether <see cref="Max"/> itself is not a value.</summary>
    public bool MaxIsExcluded { get; init; }

    /// <summary>Whether a list may hold the same element twice.</summary>
    public bool MayRepeat { get; init; }

    /// <summary>Whether an element of a list of numbers may be a range such as <c>4-7</c>.</summary>
    public bool MayBeRanges { get; init; }

    /// <summary>
    /// Options that say the same in another way: giving one of them overrides those of a recipe; both in one place is an error.
    /// </summary>
    public IReadOnlyList<string> Excludes { get; init; } = [];

    /// <summary>
    /// What a default is chosen from. A recorded default is chosen anew when one of these is given differently on the command line.
    /// </summary>
    public IReadOnlyList<string> ChosenFrom { get; init; } = [];

    /// <summary>The whole help text: what, unit, choices, methods, default.</summary>
    public string Help
    {
        get
        {
            string choices = Allowed.Count > 0
                ? $" One{(Kind == RecipeValueKind.TextList ? " or more" : "")} of {string.Join(", ", Allowed)}." : "";
            string owner = Methods.Count > 0 ? $" With {string.Join(" or ", Methods)} only."
                : Optimizers.Count > 0 ? $" With {string.Join(" or ", Optimizers)} only." : "";
            return $"{Description}{choices}{owner}{(Default is null ? "" : $" Default: {Default}.")}";
        }
    }

    /// <summary>
    /// Reads the value from a recipe; null where the recipe has none. Null for an option that is turned into another (<c>base-lr</c>).
    /// </summary>
    internal Func<Recipe, object?>? Get { get; init; }

    /// <summary>The recipe with this value.</summary>
    internal Func<Recipe, object, Recipe>? Set { get; init; }

    /// <summary>A further condition on a text; returns what is expected, or null when it holds.</summary>
    internal Func<string, string?>? Unmet { get; init; }

    /// <summary>Whether it decides anything under a method and an optimizer.</summary>
    internal bool BelongsTo(string method, string optimizer) =>
        (Methods.Count == 0 || Methods.Contains(method)) && (Optimizers.Count == 0 || Optimizers.Contains(optimizer));

    /// <summary>The value that a text stands for.</summary>
    /// <param name="text">As typed; list elements are separated by commas.</param>
    /// <param name="where">How an error begins, such as <c>--rank</c> or <c>my.yaml:12: rank</c>.</param>
    /// <exception cref="RadaptException">It is no value of this option.</exception>
    public object Parse(string text, string where)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Kind switch
        {
            RecipeValueKind.TextList or RecipeValueKind.IntegerList =>
                ParseList(string.IsNullOrWhiteSpace(text) ? [] : text.Split(',', StringSplitOptions.TrimEntries), where),
            RecipeValueKind.Flag => text switch
            {
                "true" => true,
                "false" => false,
                _ => throw Bad(text, "true or false", where),
            },
            RecipeValueKind.Integer => ParseInteger(text, where),
            RecipeValueKind.Number => ParseNumber(text, where),
            RecipeValueKind.Fraction => LabelFraction.TryParse(text) ?? throw Bad(text, LabelFraction.Expected, where),
            _ => ParseText(text, where),
        };
    }

    /// <summary>The value of a list whose elements are apart already, as in a YAML list.</summary>
    /// <inheritdoc cref="Parse" path="/param[@name='where']|/exception"/>
    public object ParseList(IReadOnlyList<string> items, string where)
    {
        ArgumentNullException.ThrowIfNull(items);
        items = MayBeRanges ? [.. items.SelectMany(i => Range(i, where))] : items;
        if (!MayRepeat && items.Distinct().Count() < items.Count)
        {
            throw new RadaptException($"{where}: {items.GroupBy(i => i).First(g => g.Count() > 1).Key} stands there twice.");
        }

        return Kind switch
        {
            RecipeValueKind.TextList => items.Select(i => ParseText(i, where)).ToArray(),
            RecipeValueKind.IntegerList => items.Select(i => ParseInteger(i, where)).ToArray(),
            _ => throw new RadaptException($"{where} takes one value, not a list."),
        };
    }

    /// <summary>The text that <see cref="Parse"/> reads back to an equal value, as long as no element of a list holds a comma.</summary>
    public static string Format(object value) => value switch
    {
        string text => text,
        bool flag => flag ? "true" : "false",
        double number => number.ToString("R", CultureInfo.InvariantCulture).Replace('E', 'e'),
        string[] texts => string.Join(",", texts),
        LabelFraction fraction => fraction.ToString(),
        long[] numbers => string.Join(",", numbers),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => throw new ArgumentException($"{value.GetType()} is no recipe value.", nameof(value)),
    };

    // "4-7" is 4, 5, 6, 7.
    private IEnumerable<string> Range(string item, string where)
    {
        string[] ends = item.Split('-');
        if (ends.Length != 2 || ends[0].Length == 0)
        {
            return [item];
        }

        (long first, long last) = (ParseInteger(ends[0], where), ParseInteger(ends[1], where));
        return last >= first && last - first < 65536
            ? Enumerable.Range((int)first, (int)(last - first) + 1).Select(n => Format(n))
            : throw Bad(item, "a range from a smaller to a larger number", where);
    }

    private string ParseText(string text, string where)
    {
        if (text.Length == 0)
        {
            throw new RadaptException($"{where} has no value; give one or leave it out.");
        }

        if (Allowed.Count > 0 && !Allowed.Contains(text))
        {
            throw Bad(text, $"{(Allowed.Count > 1 ? "one of " : "")}{string.Join(", ", Allowed)}", where);
        }

        return Unmet?.Invoke(text) is { } expected ? throw Bad(text, expected, where) : text;
    }

    private long ParseInteger(string text, string where)
    {
        if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value))
        {
            throw Bad(text, "a whole number", where);
        }

        InRange(value, text, where);
        return value;
    }

    private double ParseNumber(string text, string where) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value)
            ? InRange(value, text, where) : throw Bad(text, "a number", where);

    private double InRange(double value, string text, string where)
    {
        bool inside = (MinIsExcluded ? value > Min : value >= Min) && (MaxIsExcluded ? value < Max : value <= Max);
        return inside ? value : throw Bad(text, Range(value), where);
    }

    private string Range(double value)
    {
        string low = $"{(MinIsExcluded ? "greater than" : "at least")} {Format(Min)}";
        string high = $"{(MaxIsExcluded ? "less than" : "at most")} {Format(Max)}";
        return Max < int.MaxValue ? $"{low} and {high}" : value > Max ? high : low;
    }

    private static RadaptException Bad(string text, string expected, string where) => new($"{where}: '{text}' is not {expected}.");
}
