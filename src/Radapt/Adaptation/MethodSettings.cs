using Radapt.Adaptation.Lora;

namespace Radapt.Adaptation;

/// <summary>
/// The options of all adaptation methods; each reads its own. The defaults and their origin stand with the options of the recipe.
/// </summary>
public sealed record MethodSettings
{
    /// <summary><c>lora</c>: all of it; <c>adalora</c>: alpha, dropout, targets and blocks.</summary>
    public LoraSettings Lora { get; init; } = new();

    /// <summary><c>adalora</c>: ranks and their schedule.</summary>
    public AdaLoraSettings AdaLora { get; init; } = new();

    /// <summary><c>vpt</c>: prompt tokens per block that has some.</summary>
    public int PromptTokens { get; init; } = 10;

    /// <summary><c>vpt</c>: every block has prompts of its own (deep), not the first alone (shallow).</summary>
    public bool DeepPrompts { get; init; } = true;

    /// <summary><c>houlsby</c>, <c>parallel</c>: channels inside an adapter.</summary>
    public int Bottleneck { get; init; } = 64;

    /// <summary><c>parallel</c>: factor on what the adapter adds.</summary>
    public double AdapterScale { get; init; } = 4;

    /// <summary><c>last-k</c>: number of trained blocks, counted from the last.</summary>
    public int LastBlocks { get; init; } = 2;
}
