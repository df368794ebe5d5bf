using System.Globalization;
using System.Text;

namespace Radapt.Pages;

/// <summary>Lines over two axes as inline SVG, in the colours of the page, so that it follows light and dark and prints.</summary>
/// <param name="Title">Above the chart, and read aloud.</param>
/// <param name="X">The axis below.</param>
/// <param name="Y">The axis at the left.</param>
/// <param name="Series">The lines.</param>
internal sealed record LineChart(string Title, ChartAxis X, ChartAxis Y, IReadOnlyList<ChartSeries> Series)
{
    private const int Left = 58, Right = 12, Top = 28, Bottom = 40;

    /// <summary>Width in units of the drawing.</summary>
    public int Width { get; init; } = 340;

    /// <summary>Height in units of the drawing.</summary>
    public int Height { get; init; } = 250;

    /// <summary>Draw the diagonal, which chance follows in a ROC plot.</summary>
    public bool HasDiagonal { get; init; }

    /// <summary>The chart.</summary>
    public string ToSvg()
    {
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg class=\"chart\" viewBox=\"0 0 {Width} {Height}\" role=\"img\" ");
        svg.Append(CultureInfo.InvariantCulture, $"aria-label=\"{HtmlPage.Text(Title)}\">");
        svg.Append(CultureInfo.InvariantCulture, $"<text class=\"head\" x=\"{Left}\" y=\"16\">{HtmlPage.Text(Title)}</text>");
        AppendGrid(svg);
        foreach (ChartSeries series in Series)
        {
            Append(svg, series);
        }

        return svg.Append("</svg>").ToString();
    }

    /// <summary>Names and strokes of lines, to stand above several charts.</summary>
    public static string Legend(IEnumerable<ChartSeries> series) => "<p class=\"legend\">" + string.Concat(series.Select(s =>
        $"<span><svg viewBox=\"0 0 26 8\" width=\"26\" height=\"8\" aria-hidden=\"true\"><path class=\"{Stroke(s)}\" d=\"M0 4H26\"/></svg> "
            + $"{HtmlPage.Text(s.Name)}</span>")) + "</p>";

    private static string Stroke(ChartSeries series) => $"line c{series.Colour}{(series.IsDashed ? " dashed" : "")}";

    private static string Number(double value) => Math.Round(value, 2).ToString(CultureInfo.InvariantCulture);

    private double AtX(double value) => Left + ((value - X.From) / (X.To - X.From) * (Width - Left - Right));

    private double AtY(double value) => Height - Bottom - ((value - Y.From) / (Y.To - Y.From) * (Height - Top - Bottom));

    private void AppendGrid(StringBuilder svg)
    {
        foreach ((double at, string label) in Y.Ticks)
        {
            string y = Number(AtY(at));
            svg.Append($"<path class=\"grid\" d=\"M{Left} {y}H{Width - Right}\"/>");
            svg.Append($"<text class=\"tick end\" x=\"{Left - 6}\" y=\"{y}\" dy=\".35em\">{HtmlPage.Text(label)}</text>");
        }

        foreach ((double at, string label) in X.Ticks)
        {
            string x = Number(AtX(at));
            svg.Append($"<path class=\"grid\" d=\"M{x} {Height - Bottom}v4\"/>");
            svg.Append($"<text class=\"tick middle\" x=\"{x}\" y=\"{Height - Bottom + 16}\">{HtmlPage.Text(label)}</text>");
        }

        svg.Append($"<text class=\"axis middle\" x=\"{(Left + Width - Right) / 2}\" y=\"{Height - 6}\">{HtmlPage.Text(X.Title)}</text>");
        int middle = (Top + Height - Bottom) / 2;
        svg.Append($"<text class=\"axis middle\" transform=\"translate(13 {middle}) rotate(-90)\">{HtmlPage.Text(Y.Title)}</text>");
        if (HasDiagonal)
        {
            svg.Append(
                $"<path class=\"grid dashed\" d=\"M{Number(AtX(X.From))} {Number(AtY(Y.From))}L{Number(AtX(X.To))} {Number(AtY(Y.To))}\"/>");
        }
    }

    private void Append(StringBuilder svg, ChartSeries series)
    {
        foreach ((double x, double y) in series.Dots)
        {
            svg.Append($"<circle class=\"dot c{series.Colour}{(series.IsDashed ? " hollow" : "")}\" cx=\"{Number(AtX(x))}\" "
                + $"cy=\"{Number(AtY(y))}\" r=\"2.6\"/>");
        }

        if (series.Points.Count > 1)
        {
            string path = string.Join('L', series.Points.Select(p => $"{Number(AtX(p.X))} {Number(AtY(p.Y))}"));
            svg.Append($"<path class=\"{Stroke(series)}\" d=\"M{path}\"/>");
        }

        foreach ((double x, double y) in series.HasMarks || series.Points.Count == 1 ? series.Points : [])
        {
            svg.Append($"<circle class=\"mark c{series.Colour}\" cx=\"{Number(AtX(x))}\" cy=\"{Number(AtY(y))}\" r=\"4\"/>");
        }
    }
}
