namespace Radapt.Pages;

/// <summary>Lines, bands and bars over two axes.</summary>
/// <param name="Title">Above the chart, and read aloud.</param>
/// <param name="X">The axis below.</param>
/// <param name="Y">The axis at the left.</param>
/// <param name="Series">The lines, the first at the back.</param>
internal sealed record LineChart(string Title, ChartAxis X, ChartAxis Y, IReadOnlyList<ChartSeries> Series) : Drawing(Title)
{
    private const int Left = 58, Right = 18, Top = 28, Bottom = 40;
    private const double Whisker = 3; // half of the width of its ends

    /// <summary>Draw the diagonal, which chance follows in a ROC plot, and the truth in a plot of reliability.</summary>
    public bool HasDiagonal { get; init; }

    /// <summary>A height at which to draw a line for comparison, such as the share of positives.</summary>
    public double? Reference { get; init; }

    /// <summary>Lines of text in the lower right corner, such as an AUROC.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Write the <see cref="Notes"/> into the upper right corner.</summary>
    public bool HasNotesAbove { get; init; }

    /// <summary>Names and strokes of lines, to be shown above several charts.</summary>
    public static string Legend(IEnumerable<ChartSeries> series) => "<p class=\"legend\">" + string.Concat(series.Select(s =>
        $"<span><svg viewBox=\"0 0 26 10\" width=\"26\" height=\"10\" aria-hidden=\"true\">{Key(s)}</svg> "
            + $"{HtmlPage.Text(s.Name)}</span>")) + "</p>";

    /// <inheritdoc/>
    protected override void Draw(SvgText svg)
    {
        svg.Text("head", Left, 16, Title);
        DrawGrid(svg);
        foreach (ChartSeries series in Series)
        {
            DrawAreas(svg, series);
        }

        foreach (ChartSeries series in Series)
        {
            DrawLine(svg, series);
        }

        double y = HasNotesAbove ? Top + 14 : Height - Bottom - 8 - (15 * (Notes.Count - 1));
        foreach (string note in Notes)
        {
            svg.Text("strong end", Width - Right - 4, y, note);
            y += 15;
        }
    }

    /// <inheritdoc/>
    protected override int DrawKey(SvgText svg)
    {
        const int Line = 20, Sample = 26, Gap = 18, FontSize = 12;
        ChartSeries[] named = [.. Series.Where(s => s.Name.Length > 0).DistinctBy(s => s.Name)];
        if (named.Length < 2)
        {
            return 0;
        }

        (double x, int y) = (Left, Height + 10);
        foreach (ChartSeries series in named)
        {
            double width = Sample + 6 + SvgText.Width(series.Name, FontSize) + Gap;
            if (x > Left && x + width - Gap > Width)
            {
                (x, y) = (Left, y + Line);
            }

            if (series.Bars.Count > 0)
            {
                svg.Rectangle($"bar f{series.Colour}", x, y - 4, Sample, 8);
            }

            if (series.Bars.Count == 0 || series.Points.Count > 0)
            {
                svg.Path(Stroke(series), $"M{Number(x)} {y}h{Sample}");
            }

            svg.Text("", x + Sample + 6, y, series.Name, centred: true);
            x += width;
        }

        return y + 12 - Height;
    }

    private static string Key(ChartSeries series)
    {
        string bars = series.Bars.Count > 0 ? $"<rect class=\"bar f{series.Colour}\" y=\"1\" width=\"26\" height=\"8\"/>" : "";
        return series.Bars.Count > 0 && series.Points.Count == 0 ? bars : $"{bars}<path class=\"{Stroke(series)}\" d=\"M0 5H26\"/>";
    }

    private static string Stroke(ChartSeries series) =>
        $"line c{series.Colour}{(series.IsDashed ? " dashed" : "")}{(series.IsThin ? " thin" : "")}";

    private static string Number(double value) => SvgText.Number(value);

    private double AtX(double value) => Left + ((value - X.From) / (X.To - X.From) * (Width - Left - Right));

    private double AtY(double value) => Height - Bottom - ((value - Y.From) / (Y.To - Y.From) * (Height - Top - Bottom));

    private double WithinY(double value) => AtY(Math.Clamp(value, Y.From, Y.To));

    private void DrawGrid(SvgText svg)
    {
        foreach ((double at, string label) in Y.Ticks)
        {
            svg.Path("grid", $"M{Left} {Number(AtY(at))}H{Width - Right}");
            svg.Text("tick end", Left - 6, AtY(at), label, centred: true);
        }

        foreach ((double at, string label) in X.Ticks)
        {
            svg.Path("grid", $"M{Number(AtX(at))} {Height - Bottom}v4");
            svg.Text("tick middle", AtX(at), Height - Bottom + 16, label);
        }

        svg.Text("axis middle", (Left + Width - Right) / 2, Height - 6, X.Title);
        svg.Upwards("axis middle", 13, (Top + Height - Bottom) / 2, Y.Title);
        if (HasDiagonal)
        {
            svg.Path("reference", $"M{Number(AtX(X.From))} {Number(AtY(Y.From))}L{Number(AtX(X.To))} {Number(AtY(Y.To))}");
        }

        if (Reference is { } reference)
        {
            svg.Path("reference", $"M{Left} {Number(WithinY(reference))}H{Width - Right}");
        }
    }

    private void DrawAreas(SvgText svg, ChartSeries series)
    {
        if (series.Band.Count > 1)
        {
            IEnumerable<string> upper = series.Band.Select(b => $"{Number(AtX(b.X))} {Number(WithinY(b.High))}");
            IEnumerable<string> lower = series.Band.Reverse().Select(b => $"{Number(AtX(b.X))} {Number(WithinY(b.Low))}");
            svg.Path($"area f{series.Colour}", $"M{string.Join('L', upper.Concat(lower))}Z");
        }

        foreach ((double from, double to, double height) in series.Bars.Where(b => b.Height > 0))
        {
            svg.Rectangle($"bar f{series.Colour}", AtX(from), WithinY(height), AtX(to) - AtX(from),
                AtY(Math.Max(0, Y.From)) - WithinY(height));
        }
    }

    private void DrawLine(SvgText svg, ChartSeries series)
    {
        foreach ((double x, double y) in series.Dots)
        {
            svg.Circle(series.IsDashed ? $"dot hollow c{series.Colour}" : $"dot f{series.Colour}", AtX(x), AtY(y), 2.6);
        }

        foreach ((double x, double low, double high) in series.Whiskers)
        {
            string at = Number(AtX(x)), left = Number(AtX(x) - Whisker);
            svg.Path($"line thin c{series.Colour}", $"M{at} {Number(WithinY(low))}V{Number(WithinY(high))}"
                + $"M{left} {Number(WithinY(low))}h{2 * Whisker}M{left} {Number(WithinY(high))}h{2 * Whisker}");
        }

        if (series.Points.Count > 1 && !series.HasNoLine)
        {
            svg.Path(Stroke(series), "M" + string.Join('L', Thinned(series).Select(p => $"{Number(p.X)} {Number(p.Y)}")));
        }

        foreach ((double x, double y) in series.HasMarks || series.Points.Count == 1 ? series.Points : [])
        {
            svg.Circle($"mark f{series.Colour}", AtX(x), WithinY(y), 4);
        }
    }

    // Of points that are closer than half a unit of the drawing, one: curves of ten thousand images have as many.
    private List<(double X, double Y)> Thinned(ChartSeries series)
    {
        const double Closest = 0.5;
        var points = new List<(double X, double Y)>();
        foreach ((double x, double y) in series.Points)
        {
            (double X, double Y) at = (AtX(x), WithinY(y));
            if (points.Count == 0 || Math.Abs(points[^1].X - at.X) + Math.Abs(points[^1].Y - at.Y) >= Closest)
            {
                points.Add(at);
            }
        }

        points[^1] = (AtX(series.Points[^1].X), WithinY(series.Points[^1].Y));
        return points;
    }
}
