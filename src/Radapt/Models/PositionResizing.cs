namespace Radapt.Models;

/// <summary>How the code that a model comes from resizes its position embeddings, always bicubically.</summary>
internal enum PositionResizing
{
    /// <summary>To the new size, a = -0.75, no antialias: MAE, MRM and the paper's code.</summary>
    Plain,

    /// <summary>
    /// By the factor (new + 0.1) / old, which shifts the sampling slightly, a = -0.75, no antialias: DINOv2 without registers.
    /// </summary>
    ByFactor,

    /// <summary>To the new size with antialias, a = -0.5: DINOv2 with registers, and timm's own code for every model.</summary>
    Antialiased,
}
