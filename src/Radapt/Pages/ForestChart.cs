namespace Radapt.Pages;

/// <summary>A row of a <see cref="ForestChart"/>.</summary>
/// <param name="Name">At the left.</param>
/// <param name="Value">The figure; null: there is none.</param>
/// <param name="Low">Lower end of its interval; null: it has none.</param>
/// <param name="High">Upper end.</param>
/// <param name="Text">The figure in words, at the right.</param>
internal sealed record ForestRow(string Name, double? Value, double? Low, double? High, string Text)
{
    /// <summary>Set apart from the others, such as their mean.</summary>
    public bool IsTotal { get; init; }

    /// <summary>The same figure of something to compare with, drawn as a hollow mark; null: nothing.</summary>
    public double? Other { get; init; }
}

/// <summary>Figures with their intervals, one below the other.</summary>
/// <param name="Title">Above the chart, and read aloud.</param>
/// <param name="Axis">The axis below.</param>
/// <param name="Rows">From the top.</param>
internal sealed record ForestChart(string Title, ChartAxis Axis, IReadOnlyList<ForestRow> Rows) : Drawing(Title)
{
    private const int Top = 30, Bottom = 40, RowHeight = 24, Gap = 14, FontSize = 12;
    private const double MostForNames = 210;

    /// <summary>A value to draw a line at, such as chance.</summary>
    public double? Reference { get; init; }

    /// <summary>A chart of the height that its rows need.</summary>
    public static ForestChart Create(string title, ChartAxis axis, IReadOnlyList<ForestRow> rows, double? reference = null) =>
        new(title, axis, rows) { Width = 640, Height = Top + (RowHeight * rows.Count) + Bottom, Reference = reference };

    /// <inheritdoc/>
    protected override void Draw(SvgText svg)
    {
        double left = Gap + Math.Min(MostForNames, Rows.Max(r => SvgText.Width(r.Name, FontSize)));
        double right = Width - (2 * Gap) - Rows.Max(r => SvgText.Width(r.Text, FontSize) * (r.IsTotal ? 1.08 : 1));
        double bottom = Height - Bottom;
        svg.Text("head", 0, 16, Title);
        foreach ((double at, string label) in Axis.Ticks)
        {
            svg.Path("grid", $"M{SvgText.Number(At(at))} {Top}V{bottom}");
            svg.Text("tick middle", At(at), bottom + 16, label);
        }

        svg.Text("axis middle", (left + right) / 2, Height - 6, Axis.Title);
        if (Reference is { } reference)
        {
            svg.Path("reference", $"M{SvgText.Number(At(reference))} {Top}V{bottom}");
        }

        foreach ((int i, ForestRow row) in Rows.Index())
        {
            double y = Top + (RowHeight * (i + 0.5));
            string weight = row.IsTotal ? "strong" : "";
            if (row.IsTotal && i > 0)
            {
                svg.Path("grid", $"M0 {SvgText.Number(y - (RowHeight / 2.0))}H{Width}");
            }

            svg.Text(weight, 0, y, SvgText.Fit(row.Name, FontSize, MostForNames), centred: true);
            svg.Text($"{weight} end", Width, y, row.Text, centred: true);
            if (row is { Low: { } low, High: { } high })
            {
                svg.Path("line c1", $"M{SvgText.Number(At(low))} {SvgText.Number(y)}H{SvgText.Number(At(high))}");
            }

            if (row.Other is { } other)
            {
                svg.Path("hollow c2", Diamond(At(other), y, 5));
            }

            if (row.Value is { } value && row.IsTotal)
            {
                svg.Path("mark f1", Diamond(At(value), y, 7));
            }
            else if (row.Value is { } single)
            {
                svg.Circle("mark f1", At(single), y, 4.5);
            }
        }

        double At(double value) => left + ((Math.Clamp(value, Axis.From, Axis.To) - Axis.From) / (Axis.To - Axis.From) * (right - left));
    }

    private static string Diamond(double x, double y, double half) =>
        $"M{SvgText.Number(x - half)} {SvgText.Number(y)}L{SvgText.Number(x)} {SvgText.Number(y - half)}"
        + $"L{SvgText.Number(x + half)} {SvgText.Number(y)}L{SvgText.Number(x)} {SvgText.Number(y + half)}Z";
}
