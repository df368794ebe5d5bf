namespace Radapt.Runs;

/// <summary>The interval of a figure.</summary>
/// <param name="Lower">Its lower end.</param>
/// <param name="Upper">Its upper end.</param>
/// <param name="Method">How it was computed.</param>
public sealed record RunInterval(double Lower, double Upper, string Method)
{
    /// <summary>Resamples of a bootstrap that were left out because they lack a class; null: none.</summary>
    public int? UndefinedResamples { get; init; }
}

/// <summary>How far the probabilities of a finding mean what they say.</summary>
/// <param name="Slope">Of logistic recalibration; 1 is ideal, below 1 they are too extreme. Null: undefined.</param>
/// <param name="Intercept">Of the same regression; 0 is ideal. Null: undefined.</param>
/// <param name="Ece">Expected calibration error over 15 bins.</param>
/// <param name="Brier">Mean squared difference of probability and label.</param>
public sealed record RunCalibration(double? Slope, double? Intercept, double Ece, double Brier);
