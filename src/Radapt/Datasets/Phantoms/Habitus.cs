using Radapt.Compute;

namespace Radapt.Datasets.Phantoms;

/// <summary>
/// A patient's build: what two radiographs of one patient have in common. Lengths are shares of the picture's side; pairs are the picture's
/// left (the
/// patient's right) and right.
/// </summary>
internal sealed record Habitus
{
    /// <summary>Half the inner width of the chest where it is widest.</summary>
    public required float ChestHalfWidth { get; init; }

    /// <summary>Height of the lungs' apices.</summary>
    public required float Apex { get; init; }

    /// <summary>Tissue around the chest.</summary>
    public required float Wall { get; init; }

    /// <summary>Heart's width over the chest's, where the heart is not enlarged.</summary>
    public required float HeartRatio { get; init; }

    /// <summary>Share of the heart that is to the right of the midline.</summary>
    public required float RightHeartShare { get; init; }

    /// <summary>How far the aortic knob stands out.</summary>
    public required float AorticKnob { get; init; }

    /// <summary>How far ribs fall from back to front.</summary>
    public required float RibSlope { get; init; }

    /// <summary>Distance of the ribs.</summary>
    public required float RibSpacing { get; init; }

    /// <summary>Mineral of the bones.</summary>
    public required float Bone { get; init; }

    /// <summary>Strength of the lung vessels.</summary>
    public required float Vessels { get; init; }

    /// <summary>Density of breast shadows; mostly 0.</summary>
    public required float Breast { get; init; }

    /// <summary>Seed of the vessel tree and the tissue's texture.</summary>
    public required long Texture { get; init; }

    public static Habitus Draw(ref KeyedRandom random)
    {
        float Between(double low, double high, ref KeyedRandom r) => (float)r.NextDouble(low, high);
        return new Habitus
        {
            ChestHalfWidth = Between(0.305, 0.385, ref random),
            Apex = Between(0.09, 0.14, ref random),
            Wall = Between(0.05, 0.1, ref random),
            HeartRatio = Between(0.38, 0.495, ref random),
            RightHeartShare = Between(0.29, 0.37, ref random),
            AorticKnob = Between(0.012, 0.045, ref random),
            RibSlope = Between(0.15, 0.25, ref random),
            RibSpacing = Between(0.062, 0.072, ref random),
            Bone = Between(0.75, 1.25, ref random),
            Vessels = Between(0.7, 1.3, ref random),
            Breast = random.NextDouble() < 0.5 ? Between(0.05, 0.18, ref random) : 0,
            Texture = (long)(random.NextUInt64() >> 1),
        };
    }
}
