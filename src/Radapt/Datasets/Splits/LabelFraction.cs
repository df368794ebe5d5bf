using System.Globalization;
using Radapt.Options;

namespace Radapt.Datasets.Splits;

/// <summary>
/// How much of the training labels is used: a share (<c>10%</c>, <c>0.1</c>), a number of images (<c>200</c>), or a number for every
/// finding (<c>20-per-finding</c>).
/// </summary>
public sealed record LabelFraction : IOptionValue<LabelFraction>
{
    private const string PerFindingEnding = "-per-finding";

    private LabelFraction()
    {
    }

    /// <summary>All labels.</summary>
    public static LabelFraction All { get; } = new() { Share = 1 };

    /// <summary>What <see cref="Parse"/> accepts, in words.</summary>
    public static string Expected =>
        "a share such as 10% or 0.1, a number of images such as 200, or a number for every finding such as 20-per-finding";

    static string IOptionValue<LabelFraction>.Expected => Expected;

    /// <summary>Share of the images, in (0, 1]; null: a number was given.</summary>
    public double? Share { get; private init; }

    /// <summary>Number of images, at least 2.</summary>
    public int? Images { get; private init; }

    /// <summary>Number of positives, and of negatives, of every finding; at least 1.</summary>
    public int? Each { get; private init; }

    /// <summary>A share of the images.</summary>
    /// <exception cref="RadaptException">It is not in (0, 1].</exception>
    public static LabelFraction FromShare(double share) => share is > 0 and <= 1 ? new()
    {
        Share = share,
    } : throw Bad(share.ToString(CultureInfo.InvariantCulture));

    /// <summary>A number of images.</summary>
    /// <exception cref="RadaptException">Fewer than two.</exception>
    public static LabelFraction FromImages(int images) => images >= 2 ? new()
    {
        Images = images,
    } : throw Bad(images.ToString(CultureInfo.InvariantCulture));

    /// <summary>As many positives and as many negatives of every finding.</summary>
    /// <exception cref="RadaptException">Fewer than one.</exception>
    public static LabelFraction PerFinding(int each) => each >= 1 ? new() { Each = each } : throw Bad($"{each}{PerFindingEnding}");

    /// <summary>What a text stands for.</summary>
    /// <exception cref="RadaptException">It is none of what <see cref="Expected"/> says.</exception>
    public static LabelFraction Parse(string text) => TryParse(text) ?? throw Bad(text);

    /// <summary>The text that <see cref="Parse"/> reads back.</summary>
    public override string ToString() =>
        Images is { } images ? images.ToString(CultureInfo.InvariantCulture)
        : Each is { } each ? string.Create(CultureInfo.InvariantCulture, $"{each}{PerFindingEnding}")
        : (decimal)Share!.Value * 100m is var percent && TryParse(Percent(percent))?.Share == Share ? Percent(percent)
        : Share.Value.ToString("R", CultureInfo.InvariantCulture).Replace('E', 'e');

    static LabelFraction? IOptionValue<LabelFraction>.TryParse(string text) => TryParse(text);

    internal static LabelFraction? TryParse(string? text)
    {
        if (text is null)
        {
            return null;
        }

        if (text.EndsWith(PerFindingEnding, StringComparison.Ordinal))
        {
            return Whole(text[..^PerFindingEnding.Length]) is { } each and >= 1 ? PerFinding(each) : null;
        }

        if (Whole(text) is { } images and >= 2)
        {
            return FromImages(images);
        }

        bool isPercent = text.EndsWith('%');
        bool isNumber = double.TryParse(isPercent ? text[..^1] : text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number);
        double share = isPercent ? number / 100 : number;
        return isNumber && share is > 0 and <= 1 ? FromShare(share) : null;
    }

    private static string Percent(decimal percent) => percent.ToString("0.############", CultureInfo.InvariantCulture) + "%";

    private static int? Whole(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
        ? number : null;

    private static RadaptException Bad(string text) => new($"--label-fraction: '{text}' is not {Expected}.");
}
