using Radapt.Runs;

namespace Radapt.Evaluation;

/// <summary>
/// Which images belong together because they are of one patient. Patients are numbered by their code, not by the order of images, so that
/// resamples of the same patients are the same whatever table they come from.
/// </summary>
/// <param name="OfImages">(N) the number of each image's patient, from 0.</param>
/// <param name="Count">The number of patients.</param>
/// <param name="AreKnown">At least one image's patient is known; an image whose patient is not counts as one of its own.</param>
internal sealed record PatientClusters(int[] OfImages, int Count, bool AreKnown)
{
    /// <summary>The noun for what is counted.</summary>
    public string Noun => AreKnown ? "patient" : "image";

    /// <summary>The patients of a table.</summary>
    public static PatientClusters Create(LabelledScores scores)
    {
        ArgumentNullException.ThrowIfNull(scores);
        (bool IsImage, string Name)[] keys = [.. scores.Images.Select((image, i) => scores.Patients?[i] is { } patient ? (false, patient)
            : (true, image))];
        (bool IsImage, string Name)[] sorted = [.. keys.Distinct()
            .OrderBy(k => k.IsImage).ThenBy(k => k.Name, StringComparer.Ordinal)];
        Dictionary<(bool, string), int> numbers = sorted.Select((k, i) => (k, i)).ToDictionary(k => k.k, k => k.i);
        return new PatientClusters([.. keys.Select(k => numbers[k])], sorted.Length, keys.Any(k => !k.IsImage));
    }
}
