using Radapt.Compute;
using Radapt.Metrics;

namespace Radapt.Bench;

/// <summary>
/// Two scores of the binormal model, N(d y, s(y)²) with d = sqrt(1 + s(1)²) Φ⁻¹(AUROC), which share half of their noise with each other
/// and, between images of a patient, half of it too. Most images of a patient have the same label.
/// </summary>
/// <param name="Labels">(N): 1 or 0.</param>
/// <param name="First">(N): the first score.</param>
/// <param name="Second">(N): the second score, of the same AUROC.</param>
/// <param name="Patients">(N): the number of the patient.</param>
internal sealed record SimulatedScores(sbyte[] Labels, double[] First, double[] Second, int[] Patients)
{
    private const double SharedVariance = 0.5; // of scores: what images of a patient have in common
    private const double SharedBetweenScores = 0.5; // of scores: what two models have in common on an image
    private const double OwnLabel = 0.2; // images whose label does not follow the patient's

    /// <summary>Draws a set.</summary>
    /// <param name="kind">Its kind.</param>
    /// <param name="set">Its number.</param>
    /// <param name="spread">The standard deviation of the second score of positives; that of all others is 1. With another than 1 the ROC
    /// curves have the same area but differ in shape.</param>
    public static SimulatedScores Draw(SimulatedKind kind, int set, double spread = 1)
    {
        var random = new KeyedRandom(
            set, RandomPurpose.Phantom, kind.PerPatient, kind.Images, (long)(1000 * (kind.Auroc + (2 * kind.Prevalence))));
        double distance = NormalDistribution.Quantile(kind.Auroc);
        var data = new SimulatedScores(new sbyte[kind.Images], new double[kind.Images], new double[kind.Images], new int[kind.Images]);
        (double ofPatient, double ofFirst, double ofSecond, bool isPositive) = (0, 0, 0, false);
        for (int i = 0; i < kind.Images; i++)
        {
            if (i % kind.PerPatient == 0)
            {
                (ofPatient, ofFirst, ofSecond) = (random.NextGaussian(), random.NextGaussian(), random.NextGaussian());
                isPositive = random.NextDouble() < kind.Prevalence;
            }

            bool label = random.NextDouble() < OwnLabel ? random.NextDouble() < kind.Prevalence : isPositive;
            (double ofImage, double first, double second) = (random.NextGaussian(), random.NextGaussian(), random.NextGaussian());
            data.Labels[i] = (sbyte)(label ? 1 : 0);
            data.Patients[i] = i / kind.PerPatient;
            data.First[i] = Score(label, 1, Noise(ofPatient, ofFirst, ofImage, first));
            data.Second[i] = Score(label, spread, Noise(ofPatient, ofSecond, ofImage, second));
        }

        return data;

        double Score(bool label, double deviation, double noise) =>
            label ? (Math.Sqrt(1 + (deviation * deviation)) * distance) + (deviation * noise) : noise;

        static double Noise(double patient, double patientOfScore, double image, double imageOfScore) =>
            (Math.Sqrt(SharedVariance) * Mixed(patient, patientOfScore)) + (Math.Sqrt(1 - SharedVariance) * Mixed(image, imageOfScore));

        static double Mixed(double shared, double own) =>
            (Math.Sqrt(SharedBetweenScores) * shared) + (Math.Sqrt(1 - SharedBetweenScores) * own);
    }
}
