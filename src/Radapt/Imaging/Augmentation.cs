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

    /// <summary><c>randaugment-erasing</c>: the paper's AdamW recipes; not built yet.</summary>
    RandAugmentErasing,
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
    ];

    /// <summary>The augmentation of this name.</summary>
    /// <exception cref="RadaptException">There is none, or it is not built yet.</exception>
    public static Augmentation Parse(string name)
    {
        foreach ((string known, Augmentation value) in s_names)
        {
            if (known == name)
            {
                return value == Augmentation.RandAugmentErasing ? throw NotBuilt() : value;
            }
        }

        throw new RadaptException($"--augment {name}: unknown; use one of {string.Join(", ", s_names.Select(n => n.Name))}.");
    }

    /// <summary>The name of an augmentation.</summary>
    public static string Name(this Augmentation augmentation) => s_names.Single(n => n.Value == augmentation).Name;

    public static RadaptException NotBuilt() => new("--augment randaugment-erasing is not built yet; use --augment crop-flip.");
}
