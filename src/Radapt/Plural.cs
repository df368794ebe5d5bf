using System.Globalization;

namespace Radapt;

/// <summary>Numbers of things in sentences: <c>1 epoch</c>, <c>1,200 epochs</c>.</summary>
internal static class Plural
{
    /// <summary>The number with thousands separated, and the noun in the form that goes with it.</summary>
    /// <param name="number">How many.</param>
    /// <param name="one">The noun for one of them.</param>
    /// <param name="several">The noun for any other number; null: with an <c>s</c>.</param>
    public static string Count(long number, string one, string? several = null) =>
        $"{number.ToString("N0", CultureInfo.InvariantCulture)} {(number == 1 ? one : several ?? one + "s")}";
}
