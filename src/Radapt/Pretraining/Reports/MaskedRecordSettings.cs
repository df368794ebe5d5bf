namespace Radapt.Pretraining.Reports;

/// <summary>What is masked and how its prediction counts in masked record modelling.</summary>
internal sealed record MaskedRecordSettings : MaskedImageSettings
{
    /// <summary>Only masked positions of reports count; false: all do, padding included, as in MRM.</summary>
    public bool MaskedPositionsOnly { get; init; }
}
