namespace Radapt.Studies.Soup;

/// <summary>A run that was looked at for a soup.</summary>
/// <param name="Run">The run folder.</param>
/// <param name="Auroc">Its own mean AUROC on the validation images.</param>
/// <param name="AurocWith">The mean AUROC of the mean of it and all runs taken before; its own for the first.</param>
/// <param name="IsTaken">That was no lower than without it.</param>
internal sealed record SoupStep(string Run, double Auroc, double AurocWith, bool IsTaken);

/// <summary>What became of the runs of a soup.</summary>
/// <param name="Steps">The runs, the best first.</param>
/// <param name="Images">Validation images that chose.</param>
/// <param name="Notes">Lines to print.</param>
internal sealed record SoupReport(IReadOnlyList<SoupStep> Steps, int Images, IReadOnlyList<string> Notes)
{
    /// <summary>The runs whose mean it is.</summary>
    public IEnumerable<SoupStep> Taken => Steps.Where(s => s.IsTaken);

    /// <summary>The mean AUROC of the soup on the validation images that chose it.</summary>
    public double Auroc => Taken.Last().AurocWith;
}
