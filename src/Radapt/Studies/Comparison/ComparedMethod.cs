namespace Radapt.Studies.Comparison;

/// <summary>What is compared: a way to adapt a backbone, and the weights that it starts from. A row of the table.</summary>
/// <param name="Key">Names its folders, such as <c>lora-mae</c>.</param>
/// <param name="Name">For people, such as <c>LoRA</c>.</param>
/// <param name="Start">The weights in words, such as <c>MAE</c>.</param>
internal sealed record ComparedMethod(string Key, string Name, string Start)
{
    /// <summary>Run folder or checkpoint of the weights; null: random weights, drawn by the run's seed.</summary>
    public string? Weights { get; init; }

    /// <summary>Options of fine-tuning that belong to this method, among them its name.</summary>
    public required IReadOnlyDictionary<string, string> Options { get; init; }

    /// <summary>Whether the encoder stays frozen and a closed form takes the place of training.</summary>
    public bool IsRidge => Options["method"] == "ridge";

    /// <summary>Name and weights: <c>LoRA, MAE weights</c>.</summary>
    public string Title => $"{Name}, {Start} weights";
}
