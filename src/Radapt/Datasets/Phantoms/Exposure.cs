using Radapt.Compute;

namespace Radapt.Datasets.Phantoms;

/// <summary>How a radiograph is taken: position, breath, beam, noise, and what is in the way.</summary>
internal sealed record Exposure
{
    /// <summary>Anatomical lengths a picture length.</summary>
    public required float Scale { get; init; }

    /// <summary>Rotation in the picture's plane, radians.</summary>
    public required float Tilt { get; init; }

    public required float ShiftX { get; init; }

    public required float ShiftY { get; init; }

    /// <summary>Rotation about the body's axis: how far the front is beside the back, in anatomical lengths.</summary>
    public required float Turn { get; init; }

    /// <summary>Height of the right dome of the diaphragm: the deeper the breath, the lower.</summary>
    public required float Dome { get; init; }

    /// <summary>How much higher the right dome is than the left.</summary>
    public required float DomeDifference { get; init; }

    /// <summary>Share of the tissue that air displaces in the lung.</summary>
    public required float Aeration { get; init; }

    /// <summary>The density shown black.</summary>
    public required float Black { get; init; }

    /// <summary>The density shown white.</summary>
    public required float White { get; init; }

    public required float Gamma { get; init; }

    /// <summary>Change of density across the picture, from left to right and from top to bottom.</summary>
    public required float SlopeX { get; init; }

    public required float SlopeY { get; init; }

    /// <summary>Standard deviation of the noise at medium gray.</summary>
    public required float Noise { get; init; }

    /// <summary>Taken from front to back, as of a patient in bed: the heart is magnified.</summary>
    public required bool IsAnteroposterior { get; init; }

    /// <summary>Electrodes and their wires.</summary>
    public required bool HasElectrodes { get; init; }

    public required bool HasMarker { get; init; }

    /// <summary>Width of the dark border left by the collimator; 0: none.</summary>
    public required float Collimation { get; init; }

    public static Exposure Draw(PhantomDifficulty difficulty, ref KeyedRandom random)
    {
        float spread = difficulty == PhantomDifficulty.Easy ? 0.35f : 1; // of everything that is not the patient
        float About(double middle, double most, ref KeyedRandom r) => (float)(middle + (spread * most * r.NextDouble(-1, 1)));
        bool bed = random.NextDouble() < 0.3 * spread;
        float contrast = About(1.2, 0.16, ref random);
        float black = About(0.1, 0.14, ref random);
        return new Exposure
        {
            Scale = About(bed ? 1.0 : 1.04, 0.13, ref random),
            Tilt = About(0, 0.12, ref random),
            ShiftX = About(0, 0.075, ref random),
            ShiftY = About(0, 0.075, ref random),
            Turn = About(0, 0.035, ref random),
            Dome = About(bed ? 0.66 : 0.7, 0.055, ref random),
            DomeDifference = About(0.02, 0.04, ref random),
            Aeration = About(0.58, 0.1, ref random),
            Black = black,
            White = black + contrast,
            Gamma = About(1, 0.35, ref random),
            SlopeX = About(0, 0.25, ref random),
            SlopeY = About(0, 0.2, ref random),
            Noise = About(0.02, 0.012, ref random),
            IsAnteroposterior = bed,
            HasElectrodes = random.NextDouble() < (bed ? 0.7 : 0.1) * spread,
            HasMarker = random.NextDouble() < 0.6,
            Collimation = random.NextDouble() < 0.25 * spread ? About(0.03, 0.025, ref random) : 0,
        };
    }
}
