using System.Text.Json.Serialization;

namespace Radapt.Imaging;

/// <summary>What happens to training images on top of resizing.</summary>
public enum Augmentation
{
    /// <summary><c>none</c>: the evaluation transform.</summary>
    None,

    /// <summary><c>crop-flip</c>: random resized crop and horizontal flip, the paper's SGD recipes.</summary>
    CropFlip,

    /// <summary><c>shift-flip-noise</c>: small shifts, horizontal flip and noise, for images too small to crop.</summary>
    ShiftFlipNoise,

    /// <summary>
    /// <c>randaugment-erasing</c>: crop, flip, RandAugment with all of its operations and random erasing, the paper's AdamW recipes.
    /// </summary>
    [JsonStringEnumMemberName("randaugment-erasing")]
    RandAugmentErasing,

    /// <summary>
    /// <c>randaugment-safe</c>: crop, flip and those operations of RandAugment that leave a radiograph one: no inversion, no few gray
    /// levels.
    /// </summary>
    [JsonStringEnumMemberName("randaugment-safe")]
    RandAugmentSafe,
}
