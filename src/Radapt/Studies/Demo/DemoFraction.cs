using Radapt.Datasets.Splits;

namespace Radapt.Studies.Demo;

/// <summary>How much of the labels a column of the demo uses, and what follows from that.</summary>
/// <param name="Labels">The fraction.</param>
/// <param name="Seeds">Number of runs, each with other labelled images.</param>
/// <param name="Epochs">Epochs of fine-tuning.</param>
/// <param name="Every">Epochs between two validations.</param>
/// <param name="Batch">Images an update.</param>
internal sealed record DemoFraction(LabelFraction Labels, int Seeds, int Epochs, int Every, int Batch)
{
    /// <summary>For people: <c>10 %</c>.</summary>
    public string Name => Labels.ToString().Replace("%", " %", StringComparison.Ordinal);
}
