using Radapt.Datasets.Splits;

namespace Radapt.Studies.Comparison;

/// <summary>How much of the labels is used, and what follows from that. A column of the table.</summary>
/// <param name="Labels">The fraction.</param>
/// <param name="Seeds">Of the runs. A seed draws which images are labelled and everything that is random in a run.</param>
/// <param name="Options">Options of fine-tuning that go with the number of images, such as epochs.</param>
internal sealed record ComparedFraction(LabelFraction Labels, IReadOnlyList<long> Seeds, IReadOnlyDictionary<string, string> Options)
{
    /// <summary>For people: <c>10 %</c>.</summary>
    public string Name => Labels.ToString().Replace("%", " %", StringComparison.Ordinal);

    /// <summary>Methods that this column leaves out, by key, where they take long and tell little.</summary>
    public IReadOnlySet<string> WithoutMethods { get; init; } = new HashSet<string>();
}
