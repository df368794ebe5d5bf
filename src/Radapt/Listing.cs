namespace Radapt;

/// <summary>Names in a sentence.</summary>
internal static class Listing
{
    /// <summary>The first few, and how many there are besides: <c>a, b and 3 more</c>.</summary>
    public static string First(int shown, IReadOnlyCollection<string> names, string separator = ", ") =>
        string.Join(separator, names.Take(shown)) + (names.Count > shown ? $" and {names.Count - shown} more" : "");
}
