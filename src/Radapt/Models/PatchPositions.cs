using System.Text.Json.Serialization;

namespace Radapt.Models;

/// <summary>How a transformer knows where on the image a patch is.</summary>
public enum PatchPositions
{
    /// <summary>A vector per place is added to the patch: ViT, MAE, MRM, DINOv2.</summary>
    Learned,

    /// <summary>Queries and keys are rotated by angles of the place alone: DINOv3.</summary>
    Rotary,

    /// <summary>Both, the angles as in EVA-02: EVA-X.</summary>
    [JsonStringEnumMemberName("learned-rotary")]
    LearnedAndRotary,
}
