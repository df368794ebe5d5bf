namespace Radapt.Pages;

/// <summary>One line of a chart, with what belongs to it.</summary>
/// <param name="Name">For the legend.</param>
/// <param name="Colour">Number of a colour of the page, from 1 to <see cref="PageColours.Lines"/>.</param>
/// <param name="Points">Where the line goes, x rising.</param>
internal sealed record ChartSeries(string Name, int Colour, IReadOnlyList<(double X, double Y)> Points)
{
    /// <summary>Drawn dashed.</summary>
    public bool IsDashed { get; init; }

    /// <summary>Drawn thinner than others.</summary>
    public bool IsThin { get; init; }

    /// <summary>Single values, drawn as small dots.</summary>
    public IReadOnlyList<(double X, double Y)> Dots { get; init; } = [];

    /// <summary>Do not draw the line between the points.</summary>
    public bool HasNoLine { get; init; }

    /// <summary>Mark the points of the line, too.</summary>
    public bool HasMarks { get; init; }

    /// <summary>An area around the line, such as a band of confidence, x rising.</summary>
    public IReadOnlyList<(double X, double Low, double High)> Band { get; init; } = [];

    /// <summary>Intervals of single values.</summary>
    public IReadOnlyList<(double X, double Low, double High)> Whiskers { get; init; } = [];

    /// <summary>Bars from 0 up, as in a histogram.</summary>
    public IReadOnlyList<(double From, double To, double Height)> Bars { get; init; } = [];
}
