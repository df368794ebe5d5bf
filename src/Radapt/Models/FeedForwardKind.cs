using System.Text.Json.Serialization;

namespace Radapt.Models;

/// <summary>The feed-forward of a transformer's blocks.</summary>
public enum FeedForwardKind
{
    /// <summary>Two linear maps with GELU between: ViT, MAE, MRM, most of DINOv2.</summary>
    Mlp,

    /// <summary>Gated by SiLU: DINOv2's giant, some of DINOv3.</summary>
    [JsonStringEnumMemberName("swiglu")]
    SwiGlu,

    /// <summary>Gated by SiLU, with a norm behind the gate: EVA-02 and EVA-X.</summary>
    [JsonStringEnumMemberName("swiglu-norm")]
    SwiGluNorm,
}
