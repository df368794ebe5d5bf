using Radapt.Studies.Design;

namespace Radapt.Studies.Planning;

/// <summary>What the runs of a study that differ in nothing but the seed will take.</summary>
/// <param name="Runs">The runs.</param>
/// <param name="Left">How many of them are not complete.</param>
/// <param name="Work">How much work each is; null: it was refused before that was known.</param>
/// <param name="Measured">What its updates took; null: refused.</param>
/// <param name="Refusal">Why it cannot be run here; null: it can.</param>
internal sealed record PlannedCell(IReadOnlyList<StudyCell> Runs, int Left, CellWork? Work, CellMeasurement? Measured, string? Refusal)
{
    private const double MiB = 1 << 20;

    /// <summary>Time of one run; zero where it is refused.</summary>
    public TimeSpan Time => Work is null || Measured is null ? TimeSpan.Zero
        : (2 * Work.Reading) + TimeSpan.FromSeconds(Measured.SecondsOfABatch * Work.Batches);

    /// <summary>Memory of one run, MiB, decoded images included; 0 where it is refused.</summary>
    public double MemoryMib => Work is null || Measured is null ? 0 : Measured.PeakMemoryMib + (Work.CacheBytes / MiB);

    /// <summary>For people: all levels but the seed.</summary>
    public string Title => string.Join(", ",
        Runs[0].Levels.Where(l => l.Key != StudyFactor.Seed).OrderBy(l => l.Key).Select(l => l.Value.Title));
}
