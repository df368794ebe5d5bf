using System.Globalization;
using Radapt.Compute;

namespace Radapt.Datasets.Phantoms;

/// <summary>
/// One paragraph on a phantom, in the English that radiologists dictate. It names what is there, where and how much, and what is not.
/// </summary>
internal static class PhantomReport
{
    public static string Write(Lesions lesions, Exposure exposure, float heartRatio, ref KeyedRandom random)
    {
        var findings = new List<string>
        {
            Lungs(lesions, ref random),
            Pleura(lesions, ref random),
            Heart(lesions, heartRatio, ref random),
        };
        if (exposure.HasElectrodes)
        {
            findings.Add(Either(ref random, "Monitoring leads project over the chest.", "ECG electrodes in place."));
        }

        if (random.NextDouble() < 0.5)
        {
            findings.Add(Either(ref random, "No acute osseous abnormality.", "The bony thorax is intact.",
                "Visualised bones are unremarkable."));
        }

        string view = exposure.IsAnteroposterior
            ? Either(ref random, "Portable AP view of the chest.", "Single frontal AP radiograph.")
            : Either(ref random, "PA view of the chest.", "Frontal chest radiograph.", "PA chest radiograph.");
        return $"{view} {string.Join(' ', findings.Where(f => f.Length > 0))}";
    }

    /// <summary>The finding's side as the report says it: the patient's, not the picture's.</summary>
    public static string SideName(int side) => side == 0 ? "right" : "left";

    /// <summary>Upper, mid or lower third of the lung.</summary>
    public static string Zone(float y) => y < 0.36f ? "upper" : y < 0.52f ? "mid" : "lower";

    private static string Lungs(Lesions lesions, ref KeyedRandom random)
    {
        var parts = new List<string>();
        if (lesions.Consolidation is { } c)
        {
            string place = $"{SideName(c.Side)} {Zone(c.Y)} zone";
            parts.Add(c.Strength < 0.35
                ? Either(ref random, $"Faint airspace opacity in the {place}, concerning for early consolidation.",
                    $"Subtle hazy consolidation in the {place}.")
                : Either(ref random, $"Airspace consolidation in the {place} with air bronchograms.",
                    $"Confluent consolidation is seen in the {place}."));
        }

        if (lesions.Nodule is { } n)
        {
            string size = string.Create(CultureInfo.InvariantCulture, $"{Millimetres(n.Radius)} mm");
            string place = $"{SideName(n.Side)} {Zone(n.Y)} zone";
            parts.Add(Either(ref random, $"There is a {size} nodule in the {place}.",
                $"Rounded {size} nodular opacity projects over the {place}."));
        }

        return parts.Count > 0
            ? string.Join(' ', parts)
            : Either(ref random, "The lungs are clear.", "No focal consolidation or nodule.",
                "Lungs are clear without focal airspace disease.");
    }

    private static string Pleura(Lesions lesions, ref KeyedRandom random)
    {
        var parts = new List<string>();
        if (lesions.Effusion is { } e)
        {
            string side = SideName(e.Side);
            parts.Add(e.Strength < 0.3
                ? Either(ref random, $"Small {side} pleural effusion with blunting of the costophrenic angle.",
                    $"Blunting of the {side} costophrenic angle, consistent with a small effusion.")
                : $"{(e.Strength < 0.7 ? "Moderate" : "Large")} {side} pleural "
                    + $"effusion{Either(ref random, "", " with a meniscus", " obscuring the hemidiaphragm")}.");
        }

        if (lesions.Pneumothorax is { } p)
        {
            string size = p.Strength < 0.35 ? "Small" : p.Strength < 0.7 ? "Moderate" : "Large";
            parts.Add(
                $"{size} {SideName(p.Side)} "
                    + $"{Either(ref random, "apical pneumothorax", "pneumothorax with a visible visceral pleural line")}.");
        }

        if (lesions.Effusion is null && lesions.Pneumothorax is null)
        {
            return Either(ref random, "No pleural effusion or pneumothorax.", "No effusion. No pneumothorax.",
                "The costophrenic angles are sharp and there is no pneumothorax.");
        }

        parts.Add(lesions.Effusion is null ? Either(ref random, "No pleural effusion.", "")
            : lesions.Pneumothorax is null ? Either(ref random, "No pneumothorax.", "") : "");
        return string.Join(' ', parts.Where(p => p.Length > 0));
    }

    private static string Heart(Lesions lesions, float heartRatio, ref KeyedRandom random)
    {
        string ratio = heartRatio.ToString("0.00", CultureInfo.InvariantCulture);
        return lesions.Cardiomegaly is not { } c
            ? Either(ref random, "Heart size is normal.", "The cardiomediastinal silhouette is within normal limits.",
                $"Normal heart size, cardiothoracic ratio {ratio}.")
            : Either(
                ref random,
                $"The heart is {(c.Strength < 0.35 ? "mildly" : c.Strength < 0.7 ? "moderately" : "markedly")} enlarged.",
                $"Cardiomegaly with a cardiothoracic ratio of {ratio}.",
                $"Enlarged cardiac silhouette, cardiothoracic ratio {ratio}.");
    }

    // A chest is about 280 mm wide inside, which is 0.7 of the picture here.
    private static int Millimetres(float radius) => (int)MathF.Round(2 * radius * 400);

    private static string Either(ref KeyedRandom random, params ReadOnlySpan<string> texts) => texts[random.NextInt32(texts.Length)];
}
