using Radapt.Runs;

namespace Radapt.Evaluation;

/// <summary>The scores of a run that is compared with others.</summary>
/// <param name="Name">What it is called: its folder as it was given.</param>
/// <param name="Scores">Its images.</param>
internal sealed record ComparedScores(string Name, LabelledScores Scores)
{
    /// <summary>The scores are of validation images, which chose the epoch, because the run has no test images.</summary>
    public bool AreOfValidation { get; init; }

    /// <summary>Reads the table of a run, or of a cross-validation, whose images are scored by the folds that have not seen them.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="RadaptException">It is not the folder of a complete run, or the table is missing or damaged.</exception>
    public static ComparedScores Read(string folder)
    {
        var run = new RunFolder(folder);
        RunRecord record = RunRecord.Read(folder) ?? throw new RadaptException(
            $"{folder}: this is not the folder of a run (it has no run.json). Give the folders that finetune wrote.");
        if (record.Status != RunStatus.Complete)
        {
            throw new RadaptException($"{folder}: this run is not complete. Complete it with radapt finetune --resume --out {folder}.");
        }

        RunFileHashes.Require(record, run.PredictionsFile);
        return new ComparedScores(folder, PredictionTable.Read(run.PredictionsFile)) { AreOfValidation = record.Test is null };
    }

    /// <summary>
    /// Brings several runs to the same images and findings, in the order of the first. Messages count images and never name them.
    /// </summary>
    /// <param name="runs">At least two.</param>
    /// <param name="isCommonEnough">Leave out images that a run lacks, instead of refusing.</param>
    /// <param name="notes">Receives lines on what was left out.</param>
    /// <exception cref="RadaptException">Images differ, labels of the same image differ, or no finding is common to all.</exception>
    public static IReadOnlyList<ComparedScores> Align(IReadOnlyList<ComparedScores> runs, bool isCommonEnough, ICollection<string> notes)
    {
        ArgumentNullException.ThrowIfNull(runs);
        ArgumentNullException.ThrowIfNull(notes);
        Dictionary<string, int>[] places = [.. runs.Select(r => r.Places())];
        string[] findings = [.. runs[0].Scores.Findings.Where(f => runs.All(r => r.Scores.Findings.Contains(f)))];
        if (findings.Length == 0)
        {
            throw new RadaptException(
                $"{string.Join(" and ", runs.Select(r => r.Name))} have no finding in common, so there is nothing to compare.");
        }

        string[] others = [.. runs.SelectMany(r => r.Scores.Findings).Distinct().Except(findings)];
        if (others.Length > 0)
        {
            notes.Add($"not compared, because not every run has them: {string.Join(", ", others)}.");
        }

        string[] images = [.. runs[0].Scores.Images.Where(i => places.All(p => p.ContainsKey(i)))];
        RequireSameImages(runs, images.Length, isCommonEnough, notes);
        ComparedScores[] aligned = [.. runs.Select((r, n) => r.Select(findings, [.. images.Select(i => places[n][i])]))];
        if (aligned.Select(r => r.Scores.Patients).FirstOrDefault(p => p?.Any(n => n is not null) == true) is { } patients)
        {
            // A run of an earlier version does not say whose its images are; they are the same images.
            aligned = [.. aligned.Select(r => r with { Scores = r.Scores with { Patients = patients } })];
        }

        foreach (ComparedScores run in aligned.Skip(1))
        {
            int different = run.Scores.Labels.Zip(aligned[0].Scores.Labels).Count(l => l.First != l.Second);
            if (different > 0)
            {
                int first = run.Scores.Labels.Zip(aligned[0].Scores.Labels).TakeWhile(l => l.First == l.Second).Count();
                throw new RadaptException(
                    $"{run.Name} and {runs[0].Name}: {Plural.Count(different, "label")} of the same images "
                        + $"{(different == 1 ? "differs" : "differ")} (first: {findings[first % findings.Length]}), so the runs "
                        + "were not tested on the same data. Evaluate both with radapt evaluate on one table.");
            }
        }

        return aligned;
    }

    private static void RequireSameImages(
        IReadOnlyList<ComparedScores> runs, int common, bool isCommonEnough, ICollection<string> notes)
    {
        if (runs.All(r => r.Scores.Images.Count == common))
        {
            return;
        }

        string counts = string.Join(", ", runs.Select(r => $"{r.Name} {Plural.Count(r.Scores.Images.Count, "image")}"));
        if (common == 0)
        {
            throw new RadaptException(
                $"The runs have no test image in common ({counts}). They tested other images, or hide their names under different keys: "
                    + "train both with the same --key.");
        }

        string said = $"{common} images are common to all runs ({counts})";
        if (!isCommonEnough)
        {
            throw new RadaptException(
                $"The runs were not tested on the same images: {said}. Give --common to compare them on the common images.");
        }

        notes.Add($"{said}; the others are left out.");
    }

    private Dictionary<string, int> Places()
    {
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int i = 0; i < Scores.Images.Count; i++)
        {
            if (!places.TryAdd(Scores.Images[i], i))
            {
                throw new RadaptException(
                    $"{Name}: two rows of predictions.csv (lines {places[Scores.Images[i]] + 2} and {i + 2}) are of the same image, so "
                        + "images cannot be matched.");
            }
        }

        return places;
    }

    private ComparedScores Select(IReadOnlyList<string> findings, int[] images)
    {
        int[] columns = [.. findings.Select(f => Scores.Findings.ToList().IndexOf(f))];
        int width = Scores.Findings.Count;
        int[] cells = [.. images.SelectMany(i => columns.Select(c => (i * width) + c))];
        return this with
        {
            Scores = new LabelledScores(findings, [.. images.Select(i => Scores.Images[i])], [.. cells.Select(c => Scores.Labels[c])],
                [.. cells.Select(c => Scores.Logits[c])])
            {
                Patients = Scores.Patients is { } patients ? [.. images.Select(i => patients[i])] : null,
            },
        };
    }
}
