using Radapt.Options;

namespace Radapt.Adaptation.Methods;

/// <summary>Options of visual prompt tuning.</summary>
public sealed record VptOptions() : MethodOptions("vpt")
{
    /// <summary>Every block has prompts of its own (deep), not the first alone (shallow).</summary>
    [Option("prompt-depth", "Whether prompts are added before every block or only before the first.", True = "deep", False = "shallow",
        Reason = "the better one in the VPT paper", StoredAs = "prompt_depth_deep")]
    public bool DeepPrompts { get; init; } = true;

    /// <summary>Prompt tokens per block that has some.</summary>
    [Option("prompt-tokens", "Number of prompt tokens per block.", Min = 1, Max = 4096,
        Reason = "Radapt's choice, within the 1 to 200 of the VPT paper")]
    public int PromptTokens { get; init; } = 10;
}
