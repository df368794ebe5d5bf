using System.Globalization;
using Radapt.Compute;
using Radapt.Metrics;

namespace Radapt.Bench;

/// <summary>
/// How often intervals of an AUROC hold the true value, and how often the paired test finds a difference that is not there, over simulated
/// test sets: the table of docs/statistics.md, from which the defaults follow.
/// </summary>
/// <param name="sets">Simulated sets of each kind.</param>
/// <param name="replicates">Resamples of a bootstrap.</param>
/// <param name="log">Told how far it is.</param>
internal sealed class CoverageSimulation(int sets, int replicates, Action<string> log)
{
    private const double Level = 0.95;
    private const int Findings = 5;
    private const double SharedVariance = 0.5; // of scores: what images of a patient have in common
    private const double SharedBetweenScores = 0.5; // of scores: what two models have in common on an image
    private const double OwnLabel = 0.2; // images whose label does not follow the patient's

    private static readonly string[] s_methods =
    [
        "DeLong", "DeLong, logit", "clustered DeLong", "clustered DeLong, logit", "clustered DeLong, logit, t",
        "bootstrap", "clustered bootstrap",
    ];

    /// <summary>A kind of test set.</summary>
    internal sealed record Kind(double Auroc, double Prevalence, int PerPatient, int Images);

    /// <summary>The kinds of the table: 200 images, and smaller sets that show where intervals end to be of use.</summary>
    public static IReadOnlyList<Kind> Kinds { get; } =
    [
        new(0.7, 0.5, 1, 200), new(0.9, 0.5, 1, 200), new(0.7, 0.1, 1, 200), new(0.9, 0.1, 1, 200),
        new(0.7, 0.5, 3, 200), new(0.9, 0.5, 3, 200), new(0.7, 0.1, 3, 200), new(0.9, 0.1, 3, 200),
        new(0.7, 0.1, 1, 80), new(0.9, 0.1, 1, 80), new(0.7, 0.1, 1, 50), new(0.9, 0.1, 1, 50), new(0.7, 0.1, 1, 30), new(0.9, 0.1, 1, 30),
    ];

    /// <summary>Simulates, and writes the table as Markdown.</summary>
    /// <param name="line">Told every line.</param>
    public void Run(Action<string> line)
    {
        line(Row([
            "images", "per patient", "AUROC", "prevalence", .. s_methods, "no interval", "paired test", "clustered", "clustered, t",
        ]));
        line(Row(Enumerable.Repeat("---", 8 + s_methods.Length)));
        foreach (Kind kind in Kinds)
        {
            (double[] coverage, double undefined, double[] rejected) = Simulate(kind);
            line(Row([Number(kind.Images, "0"), Number(kind.PerPatient, "0"), Number(kind.Auroc, "0.0"), Number(kind.Prevalence, "0.0"),
                .. coverage.Append(undefined).Concat(rejected).Select(c => Number(100 * c, "0.0"))]));
            log($"{kind} done");
        }
    }

    /// <summary>The same for the interval of the mean over findings, for sets of 200 images.</summary>
    /// <param name="line">Told every line.</param>
    public void RunMeans(Action<string> line)
    {
        line(Row(["images", "per patient", "AUROC of each", "prevalence", $"mean of {Findings} findings: clustered bootstrap"]));
        line(Row(Enumerable.Repeat("---", 5)));
        foreach (Kind kind in Kinds.Where(k => k.Images == 200))
        {
            line(Row([Number(kind.Images, "0"), Number(kind.PerPatient, "0"), Number(kind.Auroc, "0.0"), Number(kind.Prevalence, "0.0"),
                Number(100 * SimulateMean(kind), "0.0")]));
            log($"mean of {kind} done");
        }
    }

    // Coverage of the mean over findings of the same patients. The patients' noise is drawn anew for every finding.
    private double SimulateMean(Kind kind)
    {
        (int held, int defined) = (0, 0);
        for (int set = 0; set < sets; set++)
        {
            SimulatedSet[] findings = [.. Enumerable.Range(0, Findings).Select(f => Draw(kind, (set * Findings) + f))];
            if (findings.Any(f => ClusteredAuroc.Compute(f.Labels, f.First, f.Patients) is null))
            {
                continue;
            }

            BootstrapReplicates[] replicated = ClusterBootstrap.Run(
                [.. findings.Select(f => RankedScores.Create(f.Labels, f.First, f.Patients))], findings[0].Patients.Max() + 1, replicates,
                seed: set, threads: 1);
            double[] means = BootstrapReplicates.Mean([.. replicated.Select(r => r.Auroc)]);
            defined++;
            held += BootstrapReplicates.Percentiles(means, Level).Interval?.Contains(kind.Auroc) == true ? 1 : 0;
        }

        return held / (double)defined;
    }

    // Coverage among the sets where the interval is defined, the share of sets with fewer than two positives or a logit at the end, and the
    // share of sets in which the tests reject at 5 %.
    private (double[] Coverage, double Undefined, double[] Rejected) Simulate(Kind kind)
    {
        var held = new int[s_methods.Length];
        var defined = new int[s_methods.Length];
        var rejected = new int[3];
        (int tests, int undefined) = (0, 0);
        for (int set = 0; set < sets; set++)
        {
            SimulatedSet data = Draw(kind, set);
            ClusteredAuroc? independent = ClusteredAuroc.Compute(data.Labels, data.First, []);
            ClusteredAuroc? patients = ClusteredAuroc.Compute(data.Labels, data.First, data.Patients);
            if (independent is null || patients is null)
            {
                undefined++;
                continue;
            }

            Interval?[] intervals =
            [
                NormalInterval.Plain(independent.Auroc, independent.StandardError, Level),
                NormalInterval.Logit(independent.Auroc, independent.StandardError, Level),
                NormalInterval.Plain(patients.Auroc, patients.StandardError, Level),
                NormalInterval.Logit(patients.Auroc, patients.StandardError, Level),
                patients.Interval(Level),
                Resample(data, [.. Enumerable.Range(0, data.Labels.Length)], set),
                kind.PerPatient == 1 ? null : Resample(data, data.Patients, set),
            ];
            intervals[^1] ??= intervals[^2]; // one image a patient: the same resamples
            undefined += intervals[1] is null ? 1 : 0;
            for (int m = 0; m < intervals.Length; m++)
            {
                defined[m] += intervals[m] is null ? 0 : 1;
                held[m] += intervals[m]?.Contains(kind.Auroc) == true ? 1 : 0;
            }

            tests++;
            PairedAuroc clustered = PairedAuroc.Compute(data.Labels, data.First, data.Second, data.Patients)!;
            double?[] pValues =
            [
                PairedAuroc.Compute(data.Labels, data.First, data.Second, [])!.PValue, clustered.PValue, clustered.SmallSample.PValue,
            ];
            for (int t = 0; t < pValues.Length; t++)
            {
                rejected[t] += pValues[t] < 1 - Level ? 1 : 0;
            }
        }

        double[] coverage = [.. held.Zip(defined, (h, d) => h / (double)d)];
        return (coverage, undefined / (double)sets, [.. rejected.Select(r => r / (double)tests)]);
    }

    private Interval? Resample(SimulatedSet data, int[] clusters, int set)
    {
        BootstrapReplicates found = ClusterBootstrap.Run([RankedScores.Create(data.Labels, data.First, clusters)],
            clusters.Max() + 1, replicates, seed: set, threads: 1)[0];
        return BootstrapReplicates.Percentiles(found.Auroc, Level).Interval;
    }

    // Two scores of the binormal model, N(d y, 1) with d = sqrt(2) Φ⁻¹(AUROC), which share half of their noise with each other and,
    // between images of a patient, half of it too. Most images of a patient have the same label.
    private static SimulatedSet Draw(Kind kind, int set)
    {
        var random = new KeyedRandom(
            set, RandomPurpose.Phantom, kind.PerPatient, kind.Images, (long)(1000 * (kind.Auroc + (2 * kind.Prevalence))));
        double distance = Math.Sqrt(2) * NormalDistribution.Quantile(kind.Auroc);
        var data = new SimulatedSet(new sbyte[kind.Images], new double[kind.Images], new double[kind.Images], new int[kind.Images]);
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
            data.First[i] = (label ? distance : 0) + Noise(ofPatient, ofFirst, ofImage, first);
            data.Second[i] = (label ? distance : 0) + Noise(ofPatient, ofSecond, ofImage, second);
        }

        return data;

        static double Noise(double patient, double patientOfScore, double image, double imageOfScore) =>
            (Math.Sqrt(SharedVariance) * Mixed(patient, patientOfScore)) + (Math.Sqrt(1 - SharedVariance) * Mixed(image, imageOfScore));

        static double Mixed(double shared, double own) =>
            (Math.Sqrt(SharedBetweenScores) * shared) + (Math.Sqrt(1 - SharedBetweenScores) * own);
    }

    private static string Row(IEnumerable<string> cells) => $"| {string.Join(" | ", cells)} |";

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);

    private sealed record SimulatedSet(sbyte[] Labels, double[] First, double[] Second, int[] Patients);
}
