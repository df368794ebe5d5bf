using System.Globalization;

namespace Radapt.Options;

/// <summary>A share, written as <c>5%</c>; <c>0.05</c> is read, too.</summary>
/// <param name="Fraction">0 to 1.</param>
public sealed record Share(double Fraction) : IOptionValue<Share>
{
    static string IOptionValue<Share>.Expected => "a share from 0% to 100%";

    static Share? IOptionValue<Share>.TryParse(string text) =>
        double.TryParse(text.TrimEnd('%'), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number)
            && text.Count(c => c == '%') <= 1
            && (text.EndsWith('%') ? number / 100 : number) is >= 0 and <= 1 and var share ? new Share(share) : null;

    /// <inheritdoc/>
    public override string ToString() => OptionText.Format(Math.Round(100 * Fraction, 10)) + "%";
}
