using Radapt.Recipes;

namespace Radapt.Training;

/// <summary>How tensors are changed by their gradients.</summary>
internal sealed record OptimizerSettings
{
    /// <summary>Which optimizer.</summary>
    public required OptimizerKind Kind { get; init; }

    /// <summary>Weight decay: decoupled with AdamW, added to the gradient with SGD.</summary>
    public double WeightDecay { get; init; }

    /// <summary>Momentum of SGD.</summary>
    public double Momentum { get; init; } = 0.9;

    /// <summary>Factor on the learning rate per block, counted from the last; 1: the same rate everywhere. AdamW only.</summary>
    public double LayerDecay { get; init; } = 1;

    /// <summary>Blocks of the backbone, which <see cref="LayerDecay"/> counts.</summary>
    public int Depth { get; init; }

    /// <summary>Threads of an update.</summary>
    public int Threads { get; init; } = 1;
}
