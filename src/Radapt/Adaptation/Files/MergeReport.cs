namespace Radapt.Adaptation.Files;

/// <summary>What a merge wrote.</summary>
/// <param name="File">The file.</param>
/// <param name="Dialect">Whose tensor names it has.</param>
/// <param name="Bytes">Its size.</param>
public sealed record MergeReport(string File, string Dialect, long Bytes)
{
    /// <summary>Largest difference of a logit, merged file against unmerged model.</summary>
    public required double LogitDifference { get; init; }

    /// <summary>Largest difference of a probability.</summary>
    public required double ProbabilityDifference { get; init; }

    /// <summary>Generated images that this was measured on.</summary>
    public required int Images { get; init; }

    /// <summary>What another program's configuration must say for these weights, else null.</summary>
    public string? Note { get; init; }

    /// <summary>A line that says so where other base weights than those of training were forced, else null.</summary>
    public string? OtherBase { get; init; }
}
