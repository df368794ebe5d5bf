using System.Globalization;
using Radapt.Compute;

namespace Radapt.Datasets.Phantoms;

/// <summary>
/// The findings of one picture: where and how strong. <c>Strength</c> runs from 0 (just there) to 1. Sides are the picture's: 0 left (the
/// patient's
/// right), 1 right. Null: absent.
/// </summary>
internal sealed record Lesions
{
    /// <summary>Heart's width over the chest's.</summary>
    public CardiomegalyLesion? Cardiomegaly { get; private init; }

    public EffusionLesion? Effusion { get; private init; }

    public ConsolidationLesion? Consolidation { get; private init; }

    public NoduleLesion? Nodule { get; private init; }

    public PneumothoraxLesion? Pneumothorax { get; private init; }

    /// <summary>The findings that are present, in the order of the label table.</summary>
    public IEnumerable<PhantomFinding> Present => new (PhantomFinding Finding, object? Lesion)[]
    {
        (PhantomFinding.Cardiomegaly, Cardiomegaly),
        (PhantomFinding.Effusion, Effusion),
        (PhantomFinding.Consolidation, Consolidation),
        (PhantomFinding.Nodule, Nodule),
        (PhantomFinding.Pneumothorax, Pneumothorax),
    }.Where(p => p.Lesion is not null).Select(p => p.Finding);

    /// <summary>Draws places and strengths of those that are present. Every finding draws its numbers whether present or not.</summary>
    public static Lesions Draw(Func<PhantomFinding, bool> has, PhantomDifficulty difficulty, ref KeyedRandom random)
    {
        // small ones are commoner
        float Strength(ref KeyedRandom r) =>
            (float)(difficulty == PhantomDifficulty.Easy ? r.NextDouble(0.6, 1) : Math.Pow(r.NextDouble(), 1.3));
        var cardiomegaly = new CardiomegalyLesion(Strength(ref random));
        var effusion = new EffusionLesion(Strength(ref random), random.NextInt32(2));
        var consolidation = new ConsolidationLesion(
            Strength(ref random),
            random.NextInt32(2),
            (float)random.NextDouble(0.15, 0.26),
            (float)random.NextDouble(0.27, 0.63),
            (float)random.NextDouble(0.055, 0.1),
            (float)random.NextDouble(0.05, 0.1));
        var nodule = new NoduleLesion(Strength(ref random), random.NextInt32(2), (float)random.NextDouble(0.14, 0.27),
            (float)random.NextDouble(0.26, 0.64));
        var pneumothorax = new PneumothoraxLesion(Strength(ref random), random.NextInt32(2));
        if (has(PhantomFinding.Effusion))
        {
            pneumothorax = pneumothorax with { Side = 1 - effusion.Side }; // on one side, the fluid would have a flat top
        }

        if (has(PhantomFinding.Pneumothorax))
        {
            // Nothing is in the air beside a lung that has drawn back.
            consolidation = consolidation with { Side = 1 - pneumothorax.Side };
            nodule = nodule with { Side = 1 - pneumothorax.Side };
        }

        return new Lesions
        {
            Cardiomegaly = has(PhantomFinding.Cardiomegaly) ? cardiomegaly : null,
            Effusion = has(PhantomFinding.Effusion) ? effusion : null,
            Consolidation = has(PhantomFinding.Consolidation) ? consolidation : null,
            Nodule = has(PhantomFinding.Nodule) ? nodule : null,
            Pneumothorax = has(PhantomFinding.Pneumothorax) ? pneumothorax : null,
        };
    }

    /// <summary>
    /// Finding, side of the patient, place in anatomical coordinates (shares of the side before position and magnification) and strength.
    /// </summary>
    public IEnumerable<string> Describe()
    {
        static string Line(PhantomFinding finding, int? side, float? lateral, float? y, float strength) => string.Create(
            CultureInfo.InvariantCulture,
            $"{finding},{(side is { } s ? PhantomReport.SideName(s) : "")},{(lateral is { } l ? Outlines.Midline + (side == 0 ? -l : l) : null):0.000},{y:0.000},{strength:0.000}");

        if (Cardiomegaly is { } cardiomegaly)
        {
            yield return Line(PhantomFinding.Cardiomegaly, null, null, null, cardiomegaly.Strength);
        }

        if (Effusion is { } effusion)
        {
            yield return Line(PhantomFinding.Effusion, effusion.Side, null, null, effusion.Strength);
        }

        if (Consolidation is { } consolidation)
        {
            yield return Line(PhantomFinding.Consolidation, consolidation.Side, consolidation.Lateral, consolidation.Y,
                consolidation.Strength);
        }

        if (Nodule is { } nodule)
        {
            yield return Line(PhantomFinding.Nodule, nodule.Side, nodule.Lateral, nodule.Y, nodule.Strength);
        }

        if (Pneumothorax is { } pneumothorax)
        {
            yield return Line(PhantomFinding.Pneumothorax, pneumothorax.Side, null, null, pneumothorax.Strength);
        }
    }

    private static float Mix(float low, float high, float strength) => low + ((high - low) * strength);

    public sealed record CardiomegalyLesion(float Strength)
    {
        public float Ratio => Mix(0.515f, 0.66f, Strength);
    }

    public sealed record EffusionLesion(float Strength, int Side)
    {
        /// <summary>How high the fluid climbs at the chest wall.</summary>
        public float Height => Mix(0.05f, 0.33f, Strength);
    }

    public sealed record ConsolidationLesion(float Strength, int Side, float Lateral, float Y, float Width, float Length)
    {
        /// <summary>Share of the air that is replaced.</summary>
        public float Opacity => Mix(0.3f, 0.85f, Strength);

        public float Growth => Mix(0.7f, 1.35f, Strength);
    }

    public sealed record NoduleLesion(float Strength, int Side, float Lateral, float Y)
    {
        public float Radius => Mix(0.013f, 0.038f, Strength);

        public float Density => Mix(0.16f, 0.32f, Strength);
    }

    public sealed record PneumothoraxLesion(float Strength, int Side)
    {
        /// <summary>How far the lung's edge has come down from the apex.</summary>
        public float ApicalGap => Mix(0.025f, 0.12f, Strength);

        /// <summary>How far it has come in from the side, as a share of the chest's half width.</summary>
        public float LateralGap => Mix(0.05f, 0.35f, Strength);
    }
}
