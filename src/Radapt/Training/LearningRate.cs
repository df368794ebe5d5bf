namespace Radapt.Training;

/// <summary>Linear warm-up from 0, then half a cosine down to the minimum, as MAE's fine-tuning does it per iteration.</summary>
/// <param name="Peak">Rate at the end of the warm-up.</param>
/// <param name="Minimum">Rate at the end.</param>
/// <param name="WarmupEpochs">Length of the warm-up, epochs.</param>
/// <param name="Epochs">Length of the whole, epochs.</param>
internal sealed record LearningRate(double Peak, double Minimum, double WarmupEpochs, double Epochs)
{
    /// <summary>The rate at a moment.</summary>
    /// <param name="epoch">Epochs done, with the fraction of the current one: 0 before the first update.</param>
    public double At(double epoch) => epoch < WarmupEpochs
        ? Peak * epoch / WarmupEpochs
        : Minimum + ((Peak - Minimum) * 0.5 * (1 + Math.Cos(Math.PI * (epoch - WarmupEpochs) / (Epochs - WarmupEpochs))));
}
