namespace Radapt.Pretraining.Reports;

/// <summary>What is masked and how its prediction counts in masked record modelling.</summary>
internal sealed record MaskedRecordSettings : MaskedImageSettings
{
    /// <summary>Settings with a share of masked patches and a key of their own.</summary>
    public MaskedRecordSettings()
    {
    }

    /// <summary>Settings that mask images as others do.</summary>
    public MaskedRecordSettings(MaskedImageSettings images)
        : base(images)
    {
    }

    /// <summary>Only masked positions of reports count; false: all do, padding included, as in MRM.</summary>
    public bool MaskedPositionsOnly { get; init; }
}
