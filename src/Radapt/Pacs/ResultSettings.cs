using Radapt.Metrics;
using Radapt.Pacs.Results;

namespace Radapt.Pacs;

/// <summary>Which findings of an image get a heat map.</summary>
internal enum HeatMapChoice
{
    /// <summary>Those that are called positive.</summary>
    Positive,

    /// <summary>All.</summary>
    All,

    /// <summary>None.</summary>
    None,
}

/// <summary>What decides results apart from image and run.</summary>
internal sealed record ResultSettings
{
    /// <summary>The threshold that decides.</summary>
    public ThresholdRule Threshold { get; init; }

    /// <summary>Which findings get a heat map.</summary>
    public HeatMapChoice HeatMaps { get; init; }

    /// <summary>Codes of findings.</summary>
    public FindingCodes Codes { get; init; } = FindingCodes.Default;
}
