using System.Globalization;
using System.Text;

namespace Radapt.Pages;

/// <summary>Elements of an SVG picture, as text.</summary>
internal sealed class SvgText
{
    private readonly StringBuilder _svg = new();

    /// <summary>A path.</summary>
    /// <param name="style">Its classes.</param>
    /// <param name="path">Its commands.</param>
    public void Path(string style, string path) => _svg.Append($"<path class=\"{style}\" d=\"{path}\"/>");

    /// <summary>A text.</summary>
    /// <param name="style">Its classes; where it begins, unless they say <c>middle</c> or <c>end</c>.</param>
    /// <param name="x">From the left.</param>
    /// <param name="y">Of its base line, or, with <paramref name="centred"/>, of its middle.</param>
    /// <param name="text">Plain text.</param>
    /// <param name="centred">Moves it down, so that it is centred vertically.</param>
    public void Text(string style, double x, double y, string text, bool centred = false) =>
        _svg.Append($"<text class=\"{style}\" x=\"{Number(x)}\" y=\"{Number(y)}\"{(centred ? " dy=\".35em\"" : "")}>")
            .Append(HtmlPage.Text(text)).Append("</text>");

    /// <summary>A text that runs upwards around a point.</summary>
    public void Upwards(string style, double x, double y, string text) =>
        _svg.Append($"<text class=\"{style}\" transform=\"translate({Number(x)} {Number(y)}) rotate(-90)\">{HtmlPage.Text(text)}</text>");

    /// <summary>A disc.</summary>
    public void Circle(string style, double x, double y, double radius) =>
        _svg.Append($"<circle class=\"{style}\" cx=\"{Number(x)}\" cy=\"{Number(y)}\" r=\"{Number(radius)}\"/>");

    /// <summary>A rectangle.</summary>
    public void Rectangle(string style, double x, double y, double width, double height, double corner = 0) =>
        _svg.Append($"<rect class=\"{style}\" x=\"{Number(x)}\" y=\"{Number(y)}\" width=\"{Number(width)}\" height=\"{Number(height)}\"")
            .Append(corner > 0 ? $" rx=\"{Number(corner)}\"/>" : "/>");

    /// <summary>A number of the drawing, to a hundredth.</summary>
    public static string Number(double value) => Math.Round(value, 2).ToString(CultureInfo.InvariantCulture);

    /// <summary>About how wide a text is in a common sans-serif font, on the safe side.</summary>
    /// <param name="text">The text.</param>
    /// <param name="size">Size of the font.</param>
    public static double Width(string text, double size)
    {
        const double Narrow = 0.36, Usual = 0.62, Wide = 0.92;
        return size * text.Sum(c => "iljtfrI.,:;'|()[] ".Contains(c, StringComparison.Ordinal) ? Narrow
            : "mwMW%".Contains(c, StringComparison.Ordinal) || c > 0x2fff ? Wide : Usual);
    }

    /// <summary>A text that is cut where it would be too wide.</summary>
    public static string Fit(string text, double size, double most)
    {
        string fitting = text;
        while (fitting.Length > 1 && Width(fitting, size) > most)
        {
            fitting = fitting[..^(fitting == text ? 1 : 2)] + "…";
        }

        return fitting;
    }

    /// <summary>The elements.</summary>
    public override string ToString() => _svg.ToString();
}
