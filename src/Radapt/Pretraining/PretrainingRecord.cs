using Radapt.Batching;
using Radapt.Runs;
using Radapt.Training;

namespace Radapt.Pretraining;

/// <summary>Writes <c>run.json</c> of a pre-training, and the table of images that were left out.</summary>
internal sealed class PretrainingRecord
{
    private readonly MaskedPretraining _pretraining;
    private readonly RunFolder _folder;
    private readonly string _baseHash;
    private readonly DateTimeOffset _started = DateTimeOffset.UtcNow;
    private bool _hasWritten;

    /// <param name="pretraining">The run.</param>
    /// <param name="folder">Its folder, held by this session.</param>
    /// <param name="fingerprint">Of all images.</param>
    /// <param name="baseHash">Of the weights that it starts from.</param>
    public PretrainingRecord(MaskedPretraining pretraining, RunFolder folder, string fingerprint, string baseHash)
    {
        (_pretraining, _folder, Fingerprint, _baseHash) = (pretraining, folder, fingerprint, baseHash);
        if (pretraining.Check is { } check)
        {
            WriteTables(folder, check);
        }
    }

    /// <summary>Fingerprint of all images.</summary>
    public string Fingerprint { get; }

    /// <summary>Writes the record.</summary>
    /// <param name="status">How far the run is.</param>
    /// <param name="end">How it ended; null: it has not.</param>
    /// <exception cref="RadaptException">It cannot be written.</exception>
    public void Write(RunStatus status, TrainerState? end = null)
    {
        PretrainingRecipe recipe = _pretraining.Recipe;
        (long encoder, long decoder) = _pretraining.Parameters;
        RunRecord run = RunReport.Session(status, recipe.Compute, recipe.Seed, _started, _pretraining.Group.Size) with
        {
            Path = _pretraining.ExecutionPath,
            Weights = new RunWeights(_pretraining.WeightsDescription, _baseHash),
            Trainable = new RunTrainable(encoder + decoder, encoder + decoder, 100),
            Epochs = end?.Epoch,
            Train = end is null ? null : RunReport.Speed(end),
            Pretraining = new RunPretraining
            {
                Task = _pretraining.Task,
                Images = _pretraining.Images.Train.Items.Count,
                HeldOut = _pretraining.Images.HeldOut.Items.Count,
                LeftOut = _pretraining.Images.LeftOut,
                Fingerprint = Fingerprint,
                TrainLoss = end?.History[^1].TrainLoss,
                Figures = end?.History.LastOrDefault(e => e.Figures.Count > 0)?.Figures,
            },
        };
        _folder.WriteRun(end is null ? run : run with { Files = RunFileHashes.Compute(_folder) });
        _hasWritten = true;
    }

    private static void WriteTables(RunFolder folder, PixelCheck check)
    {
        if (check.Unreadable.Count > 0)
        {
            UnreadableTable.Write(folder.UnreadableFile, check.Unreadable, NameKey.None);
        }

        if (check.Suspicious.Count > 0)
        {
            SuspiciousTable.Write(
                folder.SuspiciousFile, check.Suspicious.Select(s => (s.Image, s.Part, PictureDoubts.InWords(s.Kind))), NameKey.None);
        }
    }

    /// <summary>Notes that the session ends before the run does. Why it ends is what the user must read, so no error is thrown.</summary>
    public void WriteInterrupted()
    {
        try
        {
            if (_hasWritten)
            {
                Write(RunStatus.Interrupted);
            }
        }
        catch (RadaptException)
        {
            // such as on a full disk
        }
    }
}
