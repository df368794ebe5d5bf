using System.Globalization;
using System.IO.Hashing;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Radapt.Adaptation.Files;
using Radapt.Compute;
using Radapt.Imaging;
using Radapt.Inference;
using Radapt.Metrics;

namespace Radapt.Runs.Predictions;

/// <summary>
/// Predicts a list of images into a file. Rows reach the disk batch by batch (<see cref="PredictionJournal"/>); a job that was
/// interrupted goes on where it was, and leaves the same bytes as one that was not.
/// </summary>
internal sealed record PredictionJob
{
    /// <summary>The runs, opened.</summary>
    public required Ensemble Models { get; init; }

    /// <summary>Run folders or adapter files, and how each computes, as the ensemble was opened.</summary>
    public required IReadOnlyList<(string Run, ComputePlan Plan)> Runs { get; init; }

    /// <summary>Where the base weights are now; null: where they were in training.</summary>
    public string? Weights { get; init; }

    /// <summary>The images.</summary>
    public required IReadOnlyList<string> Images { get; init; }

    /// <summary>The file to write.</summary>
    public required string Table { get; init; }

    /// <summary>How it is written.</summary>
    public PredictionFormat Format { get; init; }

    /// <summary>Further columns; see <see cref="PredictionColumn"/>.</summary>
    public IReadOnlyList<string> Columns { get; init; } = [];

    /// <summary>Calibration and thresholds of the run; null: none.</summary>
    public DecisionRules? Rules { get; init; }

    /// <summary>The threshold that decides.</summary>
    public ThresholdRule Threshold { get; init; }

    /// <summary>Images that the models must not be asked about are scored, too.</summary>
    public bool ScoreAll { get; init; }

    /// <summary>Images per forward pass.</summary>
    public int BatchSize { get; init; } = 16;

    /// <summary>Threads that decode.</summary>
    public int LoaderThreads { get; init; } = 1;

    /// <summary>An unfinished prediction of something else may be discarded.</summary>
    public bool Replaces { get; init; }

    /// <summary>Runs the job, or what is left of it.</summary>
    /// <param name="onStart">Told the number of rows that an earlier session left; 0: none.</param>
    /// <param name="onRow">Told every row of this session, with its number from 0.</param>
    /// <param name="cancellation">Ends it; the rows so far are kept.</param>
    /// <exception cref="RadaptException">A file cannot be written, or an unfinished prediction of something else is in the way.</exception>
    public PredictionSummary Run(Action<int>? onStart = null, Action<int, PredictionRow>? onRow = null,
        CancellationToken cancellation = default)
    {
        using var journal = PredictionJournal.Open(Table, Fingerprint(), BatchSize, Replaces);
        onStart?.Invoke(journal.Rows);
        int row = journal.Rows;
        FindingRules?[] rules = [.. Models.Findings.Select(f => Rules?.For(f))];
        Func<int, float, FindingDecision?>? decide = Rules is null ? null : (f, logit) => rules[f]?.Decide(logit, Threshold);
        IReadOnlyList<string> left = row == 0 ? Images : [.. Images.Skip(row)];
        if (left.Count > 0)
        {
            foreach (Prediction[] batch in Models.Predict(left, BatchSize, LoaderThreads, ScoreAll, cancellation).Chunk(BatchSize))
            {
                PredictionRow[] rows = [.. batch.Select(p => PredictionRow.From(p, Columns, decide))];
                journal.Append(rows);
                foreach (PredictionRow done in rows)
                {
                    onRow?.Invoke(row++, done);
                }
            }
        }

        var summary = new PredictionSummary();
        new PredictionFile(Models.Findings, Columns, [.. Runs.Select(r => r.Run)], Rules).Write(Table, Format, journal.Read().Select(r =>
        {
            summary.Add(r);
            return r;
        }));
        journal.Remove();
        return summary;
    }

    // Of everything that decides a row: runs, base weights, arithmetic, images, options, and this version's way of reading files.
    private string Fingerprint()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(RadiographReader.Revision, typeof(PredictionJob).Assembly.GetName().Version?.ToString() ?? "");
        for (int i = 0; i < Runs.Count; i++)
        {
            ComputePlan plan = Runs[i].Plan;
            Predictor model = Models.Members[i];
            Append(AdapterHash(Runs[i].Run), model.Adapter.BaseSha256,
                model.OtherBase is null ? "" : Stamp(Weights ?? model.Adapter.BaseWeights!));
            Append(plan.Precision, plan.Device, plan.Products, plan.Threads.ToString(CultureInfo.InvariantCulture));
        }

        Append(BatchSize.ToString(CultureInfo.InvariantCulture), ScoreAll.ToString(), string.Join(',', Columns));
        Append(Rules is null ? "" : JsonSerializer.Serialize(Rules, RunFolder.Json), Threshold.ToString());
        foreach (string image in Images)
        {
            Append(image, Stamp(image));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());

        void Append(params ReadOnlySpan<string> texts)
        {
            foreach (string text in texts)
            {
                hash.AppendData(Encoding.UTF8.GetBytes(text + "\0"));
            }
        }
    }

    private static string AdapterHash(string run)
    {
        using FileStream file = RegularFile.OpenRead(AdapterFile.Locate(run));
        var hash = new XxHash128();
        hash.Append(file);
        return Convert.ToHexStringLower(hash.GetCurrentHash());
    }

    // Size and time of a file: one that was replaced since is predicted again.
    private static string Stamp(string path)
    {
        var file = new FileInfo(path);
        return file.Exists ? string.Create(CultureInfo.InvariantCulture, $"{file.Length} {file.LastWriteTimeUtc.Ticks}") : "";
    }
}
