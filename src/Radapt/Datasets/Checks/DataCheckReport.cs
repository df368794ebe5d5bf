using Radapt.Imaging;

namespace Radapt.Datasets.Checks;

/// <summary>What a check found.</summary>
internal sealed record DataCheckReport
{
    /// <summary>Every problem, errors first.</summary>
    public required IReadOnlyList<DataProblem> Problems { get; init; }

    /// <summary>Findings of the table; empty: images without labels.</summary>
    public required IReadOnlyList<string> Findings { get; init; }

    /// <summary>Rows and labels of every split, in the order train, val, test; one of name null where there are none.</summary>
    public required IReadOnlyList<CheckedPart> Parts { get; init; }

    /// <summary>What formats there are, most frequent first.</summary>
    public required IReadOnlyList<ImageEncoding> Encodings { get; init; }

    /// <summary>What sizes there are, most frequent first; of many the ten most frequent.</summary>
    public required IReadOnlyList<ImageSize> Sizes { get; init; }

    /// <summary>Number of different sizes.</summary>
    public required int DifferentSizes { get; init; }

    /// <summary>Shortest and longest shorter side of an image in pixels; zeros where none was read.</summary>
    public required (int Min, int Median, int Max) ShorterSide { get; init; }

    /// <summary>How well each finding is told without looking at pictures; empty where there are too few labels.</summary>
    public required IReadOnlyList<Shortcut> Shortcuts { get; init; }

    /// <summary>Different images that were to be read.</summary>
    public required int Images { get; init; }

    /// <summary>Those that could be.</summary>
    public required int Readable { get; init; }

    /// <summary>Time that reading them took, seconds.</summary>
    public required double Seconds { get; init; }

    /// <summary>Lines to print: what was chosen or left out on the user's behalf.</summary>
    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>Images read in a second.</summary>
    public double ImagesPerSecond => Images / Math.Max(1e-9, Seconds);

    /// <summary>How many problems are this bad.</summary>
    public int Count(ProblemSeverity severity) => Problems.Count(p => p.Severity == severity);
}

/// <summary>Rows of a split.</summary>
/// <param name="Name"><c>train</c>, <c>val</c>, <c>test</c>; null: the table has no splits.</param>
/// <param name="Rows">Number of rows.</param>
/// <param name="Patients">Number of patients; null: none is known.</param>
/// <param name="Counts">How often each finding is present, absent and unknown.</param>
internal sealed record CheckedPart(string? Name, int Rows, int? Patients, IReadOnlyList<LabelCounts> Counts);

/// <summary>A kind of file.</summary>
/// <param name="Format">Format, told by content.</param>
/// <param name="Channels">1: gray; 3: some pixel has a colour.</param>
/// <param name="Bits">Bits a sample has; of DICOM those stored.</param>
/// <param name="Images">How many.</param>
internal sealed record ImageEncoding(ImageFormat Format, int Channels, int Bits, int Images)
{
    /// <summary>As in <c>PNG, gray, 8 bits</c>.</summary>
    public override string ToString() => $"{Format.ToString().ToUpperInvariant()}, {(Channels == 1 ? "gray" : "colour")}, {Bits} bits";
}

/// <summary>A size.</summary>
/// <param name="Width">Pixels a row.</param>
/// <param name="Height">Rows.</param>
/// <param name="Images">How many.</param>
internal sealed record ImageSize(int Width, int Height, int Images);

/// <summary>How well a finding is told from what is known of an image without looking at it.</summary>
/// <param name="Finding">The finding.</param>
/// <param name="From">From what: all of it together first, then each by itself.</param>
internal sealed record Shortcut(string Finding, IReadOnlyList<ShortcutAuroc> From)
{
    /// <summary>The highest AUROC of those above chance; null: none is.</summary>
    public ShortcutAuroc? Worst => From.Where(f => f.IsAboveChance).OrderByDescending(f => f.Auroc).FirstOrDefault();
}

/// <summary>AUROC of a finding, predicted from one thing.</summary>
/// <param name="From"><c>view</c>, <c>equipment</c>, <c>image size</c>, <c>file format</c>, or <c>all of these</c>.</param>
/// <param name="Auroc">Of images that the rates were not learned from; patients stay together.</param>
/// <param name="Low">Lower end of its interval.</param>
/// <param name="High">Upper end.</param>
internal sealed record ShortcutAuroc(string From, double Auroc, double Low, double High)
{
    /// <summary>Whether the interval is above one half.</summary>
    public bool IsAboveChance => Low > 0.5;
}
