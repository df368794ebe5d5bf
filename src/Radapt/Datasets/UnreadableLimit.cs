using System.Globalization;

namespace Radapt.Datasets;

/// <summary>An image that cannot be read.</summary>
/// <param name="Image">The image.</param>
/// <param name="Part"><c>train</c>, <c>val</c> or <c>test</c>; empty: the images have no parts.</param>
/// <param name="Reason">What is wrong with it, without its name.</param>
internal sealed record UnreadableRow(LabelledImage Image, string Part, string Reason);

/// <summary>How many images that cannot be read may be left out.</summary>
internal static class UnreadableLimit
{
    private const int Listed = 20;

    /// <summary>
    /// The share that is left out without asking. Damage is rarer than a row without an image, and more of it is a bad export.
    /// </summary>
    public const double DefaultShare = 0.01;

    /// <summary>The share of so many images, rounded down but at least one; none where the share is 0.</summary>
    public static int Allowed(double share, int images) => share <= 0 ? 0 : Math.Max(1, (int)Math.Floor((share * images) + 1e-9));

    /// <summary>Lines to show on images that are left out.</summary>
    /// <exception cref="RadaptException">They are more than may be.</exception>
    public static IReadOnlyList<string> Notes(IReadOnlyList<UnreadableRow> unreadable, int images, double share)
    {
        if (unreadable.Count == 0)
        {
            return [];
        }

        string said = string.Create(CultureInfo.InvariantCulture, $"{unreadable.Count:N0} of {images:N0} images cannot be read");
        string list = Listing.First(Listed, [.. unreadable.Select(Shown)], "; ");
        return unreadable.Count <= Allowed(share, images)
            ? [$"{said} and {(unreadable.Count == 1 ? "is" : "are")} left out: {list}. The first: {unreadable[0].Reason}"]
            : throw new RadaptException(
                $"{said}, {(share <= 0 ? "and none may be left out" : string.Create(CultureInfo.InvariantCulture, $"more than the {100 * share:0.###} % that may be left out"))}: {list}. "
                + $"The first: {unreadable[0].Reason} Fix them (radapt data check lists them all), or allow more with --skip-unreadable.");
    }

    private static string Shown(UnreadableRow row) => row.Part.Length == 0 ? row.Image.Shown : $"{row.Image.Shown} ({row.Part})";
}
