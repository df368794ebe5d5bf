namespace Radapt.Imaging;

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
