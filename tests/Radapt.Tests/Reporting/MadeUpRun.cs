using Radapt.Evaluation;
using Radapt.Recipes;
using Radapt.Reporting;
using Radapt.Runs;

namespace Radapt.Tests.Reporting;

/// <summary>Runs with scores of choice, without training.</summary>
internal static class MadeUpRun
{
    /// <summary>A run on images of made-up patients, two images each.</summary>
    /// <param name="findings">Names of findings.</param>
    /// <param name="images">Test images.</param>
    /// <param name="signal">How much higher positives score, in standard deviations of the scores.</param>
    /// <param name="showsNames">Show names of files and folders.</param>
    public static ReportedRun Create(IReadOnlyList<string> findings, int images = 80, double signal = 1, bool showsNames = false)
    {
        var random = new Random(5);
        sbyte[] labels = [.. Enumerable.Range(0, images * findings.Count).Select(_ => (sbyte)(random.NextDouble() < 0.4 ? 1 : 0))];
        float[] logits = [.. labels.Select(l => (float)((signal * l) + random.NextDouble() + random.NextDouble() - 2))];
        return Create(new LabelledScores(findings, [.. Enumerable.Range(0, images).Select(i => $"image{i}.png")], labels, logits)
        {
            Patients = [.. Enumerable.Range(0, images).Select(i => $"patient{i / 2}")],
        }, showsNames);
    }

    /// <summary>A run with these scores.</summary>
    public static ReportedRun Create(LabelledScores scores, bool showsNames = false)
    {
        var part = new RunPart(scores.Images.Count, null, Counts(1), Counts(0));
        return new ReportedRun
        {
            Folder = "/secret/Dr-Miller/run",
            Record = new RunRecord
            {
                Status = RunStatus.Complete,
                Versions = new RunVersions("9.8.7", "1.2.3", ".NET 10"),
                Seed = 3,
                BestEpoch = 2,
                Epochs = 3,
                Data = new RunDataRecord
                {
                    Fingerprint = "0123456789abcdef",
                    Train = 200,
                    Val = 40,
                    Test = scores.Images.Count,
                    Parts = new OrderedDictionary<string, RunPart> { ["train"] = part, ["val"] = part, ["test"] = part },
                    Matching = new RunMatching
                    {
                        Rows = 350,
                        Matched = 330,
                        RowsWithoutFile = 20,
                        Files = 400,
                        RefusedRows = 7,
                        RefusedFiles = new Dictionary<string, int> { ["CT"] = 7 },
                    },
                    Pixels = new RunPixels { Checked = 323, Unreadable = 3 },
                },
                Weights = new RunWeights("made-up weights", new string('a', 64)),
                Trainable = new RunTrainable(1234, 100_000, 1.234),
                Val = new RunFigures { Auroc = new Dictionary<string, double?> { ["mean"] = 0.7 } },
                Test = new RunFigures(),
            },
            Recipe = RecipeLayer.From(
                [new("data", "/secret/Dr-Miller/labels.csv"), new("method", "lora"), new("rank", "4"),
                    new("weights", "/secret/Dr-Miller/mrm.pth")],
                "command line"),
            Epochs =
            [
                [.. Enumerable.Range(1, 3).Select(e => new EpochResult
                {
                    Epoch = e, Updates = 10 * e, TrainLoss = 1.0 / e, LearningRate = 0.1, ImagesPerSecond = 100, Seconds = 1,
                    Figures = new Dictionary<string, double> { ["auroc"] = 0.5 + (0.1 * e), ["loss"] = 1.1 / e },
                })],
            ],
            Scores = scores,
            Statistics = RunStatistics.Compute(scores, new StatisticsOptions { Replicates = 200, Threads = 1 }),
            ShowsNames = showsNames,
        };

        Dictionary<string, int> Counts(sbyte label) => scores.Findings.Select((f, i) => (f, i)).ToDictionary(
            f => f.f, f => scores.Labels.Where((_, k) => k % scores.Findings.Count == f.i).Count(l => l == label));
    }
}
