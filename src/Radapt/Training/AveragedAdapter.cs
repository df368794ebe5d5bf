namespace Radapt.Training;

/// <summary>Keeps the mean over the last epochs in place of the tensors as they are.</summary>
/// <param name="kept">Writes the file.</param>
/// <param name="average">The mean.</param>
internal sealed class AveragedAdapter(IBestTensors kept, WeightAverage average) : IBestTensors
{
    /// <inheritdoc/>
    public void Save(int epoch)
    {
        using IDisposable used = average.Use(epoch);
        kept.Save(epoch);
    }

    /// <inheritdoc/>
    public void Require() => kept.Require();
}
