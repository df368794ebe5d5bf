using Radapt.Runs;

namespace Radapt.Pretraining;

/// <summary>How a pre-training ended.</summary>
/// <param name="WeightsFile">The weights of the last epoch.</param>
/// <param name="Time">Of this session.</param>
/// <param name="History">Results of all epochs.</param>
internal sealed record PretrainingSummary(string WeightsFile, TimeSpan Time, IReadOnlyList<EpochResult> History)
{
    /// <summary>The last epoch.</summary>
    public EpochResult Last => History[^1];

    /// <summary>The first epoch that was measured; null: none was.</summary>
    public EpochResult? First => History.FirstOrDefault(e => e.Figures.Count > 0);
}
