namespace Radapt.Pages;

/// <summary>A step of a <see cref="FlowChart"/>.</summary>
/// <param name="Lines">Text of the box, the first line strong.</param>
internal sealed record FlowStep(IReadOnlyList<string> Lines)
{
    /// <summary>What leaves the flow between this step and the next, in a box beside it; empty: nothing.</summary>
    public IReadOnlyList<string> LeftOut { get; init; } = [];
}

/// <summary>What became of the cases of a study, from top to bottom, and the parts that they end in, side by side.</summary>
/// <param name="Title">Read aloud.</param>
/// <param name="Steps">The boxes, at least one.</param>
/// <param name="Parts">The boxes in the last row.</param>
internal sealed record FlowChart(string Title, IReadOnlyList<FlowStep> Steps, IReadOnlyList<IReadOnlyList<string>> Parts) : Drawing(Title)
{
    private const int LineHeight = 16, Padding = 10, Arrow = 30, BoxWidth = 300, SideWidth = 330, FontSize = 12, PartGap = 16;

    /// <summary>A chart of the height that its boxes need.</summary>
    public static FlowChart Create(
        string title, IReadOnlyList<FlowStep> steps, IReadOnlyList<IReadOnlyList<string>> parts)
    {
        int height = steps.Sum(s => BoxHeight(s.Lines) + AfterHeight(s)) + (parts.Count == 0 ? -Arrow : parts.Max(BoxHeight));
        return new FlowChart(title, steps, parts) { Width = 720, Height = height + 4 };
    }

    /// <inheritdoc/>
    protected override void Draw(SvgText svg)
    {
        double y = 2;
        const double Middle = 2 + (BoxWidth / 2.0);
        foreach ((int i, FlowStep step) in Steps.Index())
        {
            Box(svg, "box", 2, y, BoxWidth, step.Lines);
            y += BoxHeight(step.Lines);
            bool isLast = i == Steps.Count - 1;
            double after = AfterHeight(step);
            if (step.LeftOut.Count > 0)
            {
                double side = BoxHeight(step.LeftOut);
                Box(svg, "side", Width - SideWidth - 2, y + ((after - side) / 2), SideWidth, step.LeftOut);
                svg.Path("arrow", $"M{Middle} {SvgText.Number(y + (after / 2))}H{Width - SideWidth - 9}");
                Tip(svg, Width - SideWidth - 2, y + (after / 2), isDown: false);
            }

            if (isLast && Parts.Count == 0)
            {
                return;
            }

            if (isLast)
            {
                Fork(svg, Middle, y, y + after);
            }
            else
            {
                svg.Path("arrow", $"M{Middle} {SvgText.Number(y)}v{SvgText.Number(after - 7)}");
                Tip(svg, Middle, y + after, isDown: true);
            }

            y += after;
        }

        foreach ((int i, IReadOnlyList<string> part) in Parts.Index())
        {
            Box(svg, "box", PartLeft(i), y, PartWidth, part);
        }
    }

    private double PartWidth => Math.Min(BoxWidth, (Width - 4 - (PartGap * (Parts.Count - 1))) / (double)Parts.Count);

    private double PartLeft(int part) => 2 + (part * (PartWidth + PartGap));

    private static int BoxHeight(IReadOnlyList<string> lines) => (2 * Padding) + (LineHeight * lines.Count) - 4;

    private static int AfterHeight(FlowStep step) => step.LeftOut.Count == 0 ? Arrow : BoxHeight(step.LeftOut) + 16;

    private static void Box(SvgText svg, string style, double x, double y, double width, IReadOnlyList<string> lines)
    {
        svg.Rectangle(style, x, y, width, BoxHeight(lines), corner: 6);
        foreach ((int i, string line) in lines.Index())
        {
            svg.Text(i == 0 ? "strong" : "soft", x + Padding, y + Padding + 8 + (i * LineHeight),
                SvgText.Fit(line, FontSize, width - (2 * Padding)), centred: false);
        }
    }

    private static void Tip(SvgText svg, double x, double y, bool isDown)
    {
        (string dx, string dy) = (SvgText.Number(x), SvgText.Number(y));
        svg.Path("tip", isDown ? $"M{dx} {dy}l-4 -8h8Z" : $"M{dx} {dy}l-8 -4v8Z");
    }

    private void Fork(SvgText svg, double from, double top, double bottom)
    {
        double level = bottom - 18;
        svg.Path("arrow", $"M{SvgText.Number(from)} {SvgText.Number(top)}V{SvgText.Number(level)}"
            + $"M{SvgText.Number(PartLeft(0) + (PartWidth / 2))} {SvgText.Number(level)}H{SvgText.Number(PartLeft(Parts.Count - 1) + (PartWidth / 2))}");
        for (int i = 0; i < Parts.Count; i++)
        {
            double x = PartLeft(i) + (PartWidth / 2);
            svg.Path("arrow", $"M{SvgText.Number(x)} {SvgText.Number(level)}V{SvgText.Number(bottom - 7)}");
            Tip(svg, x, bottom, isDown: true);
        }
    }
}
