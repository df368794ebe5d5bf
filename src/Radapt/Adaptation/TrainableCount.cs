namespace Radapt.Adaptation;

/// <summary>How many parameters a method trains.</summary>
/// <param name="Trainable">Parameters that training changes.</param>
/// <param name="Total">Parameters of model, head and adapters together.</param>
public sealed record TrainableCount(long Trainable, long Total)
{
    /// <summary>Share of <see cref="Total"/> that is trained, in percent.</summary>
    public double Percent => 100.0 * Trainable / Total;
}
