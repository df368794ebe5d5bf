namespace Radapt.Pages;

/// <summary>One line of a chart.</summary>
/// <param name="Name">For the legend.</param>
/// <param name="Colour">Number of a colour of the page, from 1.</param>
/// <param name="Points">Where the line goes, x rising.</param>
internal sealed record ChartSeries(string Name, int Colour, IReadOnlyList<(double X, double Y)> Points)
{
    /// <summary>Drawn dashed.</summary>
    public bool IsDashed { get; init; }

    /// <summary>Single values, drawn as small dots.</summary>
    public IReadOnlyList<(double X, double Y)> Dots { get; init; } = [];

    /// <summary>Mark the points of the line, too.</summary>
    public bool HasMarks { get; init; }
}
