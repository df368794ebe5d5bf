namespace Radapt.Datasets;

/// <summary>How often a finding is present, absent and unknown.</summary>
public readonly record struct LabelCounts(int Positives, int Negatives, int Unknown)
{
    /// <summary>Both classes occur, so that an AUROC is defined.</summary>
    public bool HasBothClasses => Positives > 0 && Negatives > 0;
}
