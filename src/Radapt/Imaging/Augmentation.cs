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

    /// <summary><c>randaugment-erasing</c>: crop, flip, RandAugment with all of its operations and random erasing, the paper's AdamW recipes.</summary>
    RandAugmentErasing,

    /// <summary><c>randaugment-safe</c>: crop, flip and those operations of RandAugment that leave a radiograph one: no inversion, no few gray levels.</summary>
    RandAugmentSafe,
}

/// <summary>The names of augmentations in recipes and on the command line.</summary>
internal static class AugmentationNames
{
    private static readonly (string Name, Augmentation Value)[] s_names =
    [
        ("none", Augmentation.None),
        ("crop-flip", Augmentation.CropFlip),
        ("shift-flip-noise", Augmentation.ShiftFlipNoise),
        ("randaugment-erasing", Augmentation.RandAugmentErasing),
        ("randaugment-safe", Augmentation.RandAugmentSafe),
    ];

    /// <summary>The augmentation of this name.</summary>
    /// <exception cref="RadaptException">There is none.</exception>
    public static Augmentation Parse(string name)
    {
        foreach ((string known, Augmentation value) in s_names)
        {
            if (known == name)
            {
                return value;
            }
        }

        throw new RadaptException($"--augment {name}: unknown; use one of {string.Join(", ", s_names.Select(n => n.Name))}.");
    }

    /// <summary>The name of an augmentation.</summary>
    public static string Name(this Augmentation augmentation) => s_names.Single(n => n.Value == augmentation).Name;
}
