using Radapt.Compute;
using Radapt.Datasets;
using Radapt.Imaging;
using Radapt.Models;
using Radapt.Models.Dialects;

namespace Radapt.Recipes;

/// <summary>What the weights, the data and the machine tell before a recipe is resolved.</summary>
internal sealed record RecipeFacts
{
    /// <summary>The backbone recognised in the weights; null: not recognised, or from scratch.</summary>
    public BackboneShape? WeightsShape { get; init; }

    /// <summary>Whether its heads are known; else they are a guess that <c>--heads</c> may correct.</summary>
    public bool WeightsTellHeads { get; init; }

    /// <summary>Whether the weights have the encoder's final norm; true where there are none.</summary>
    public bool WeightsHaveNorm { get; init; } = true;

    /// <summary>What the weights were recognised as, for messages, such as <c>MRM checkpoint</c>.</summary>
    public string? WeightsDescription { get; init; }

    /// <summary>Mean of the gray values in [0, 1] the weights were trained with; null: unknown.</summary>
    public double? WeightsMean { get; init; }

    /// <summary>Standard deviation of the gray values the weights were trained with; null: unknown.</summary>
    public double? WeightsStd { get; init; }

    /// <summary>How images were prepared for the weights, where a file beside them says it.</summary>
    internal ToldPreparation? WeightsPreparation { get; init; }

    /// <summary>Training images of an epoch, after label fraction and kept classes.</summary>
    public required int TrainingImages { get; init; }

    /// <summary>All validation images; null: unknown, and validating them costs nothing.</summary>
    internal LabelledImages? Validation { get; init; }

    /// <summary>Test images.</summary>
    internal int TestImages { get; init; }

    /// <summary>How many bits the 16-bit PNG files of the data use; null: there are none among those looked at, or nobody asks.</summary>
    internal PngDepth? PngDepth { get; init; }

    /// <summary>About how long it takes to decode every image once; null: not measured, since there are few.</summary>
    internal TimeSpan? DecodingTime { get; init; }

    /// <summary>The findings to learn.</summary>
    public IReadOnlyList<string> Findings { get; init; } = [];

    /// <summary>Values that reading the data chose, such as which of its splits.</summary>
    internal IReadOnlyList<DataChoice> DataChoices { get; init; } = [];

    /// <summary>What a probe of the processor chose; null: not probed.</summary>
    public ProductChoice? Probe { get; init; }

    /// <summary>Cores of the machine that this process may use.</summary>
    public required int PhysicalCores { get; init; }

    /// <summary>Hardware threads of the machine.</summary>
    public required int LogicalCores { get; init; }

    /// <summary>Processes that train together.</summary>
    public int Ranks { get; init; } = 1;

    /// <summary>How many of them share the cores.</summary>
    public int RanksSharing { get; init; } = 1;
}
