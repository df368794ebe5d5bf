using Radapt.Adaptation;
using Radapt.Checkpoints;
using Radapt.Compute;
using Radapt.Runs;
using static TorchSharp.torch;

namespace Radapt.Training;

/// <summary>
/// Saves and restores where a run stands: trained tensors, the states of optimizer and method, and the position, all in one file, so that
/// they can never disagree.
/// </summary>
internal sealed class SavedState
{
    private readonly (string Name, Tensor Tensor)[] _tensors;
    private readonly Optimizer _optimizer;

    /// <param name="folder">The run's folder.</param>
    /// <param name="trained">The trained tensors.</param>
    /// <param name="optimizer">Their optimizer.</param>
    /// <param name="schedule">What the method remembers from update to update; null: nothing.</param>
    /// <param name="average">The mean over the last epochs; null: there is none.</param>
    public SavedState(RunFolder folder, IEnumerable<(string Name, Tensor Tensor)> trained, Optimizer optimizer, ITrainingSchedule? schedule,
        WeightAverage? average = null)
    {
        (Folder, _optimizer) = (folder, optimizer);
        _tensors = [.. Tensors(trained, optimizer, schedule, average)];
    }

    /// <summary>Everything that a run changes, by the names that it has in the file.</summary>
    /// <param name="trained">The trained tensors.</param>
    /// <param name="optimizer">Their optimizer.</param>
    /// <param name="schedule">What the method remembers; null: nothing.</param>
    /// <param name="average">The mean over the last epochs; null: there is none.</param>
    public static IEnumerable<(string Name, Tensor Tensor)> Tensors(IEnumerable<(string Name, Tensor Tensor)> trained,
        Optimizer optimizer, ITrainingSchedule? schedule, WeightAverage? average) =>
    [
        .. trained.Select(t => ("model." + t.Name, t.Tensor)),
        .. optimizer.State().Select(t => ("optimizer." + t.Name, t.Tensor)),
        .. schedule?.State().Select(t => ("method." + t.Name, t.Tensor)) ?? [],
        .. average?.State().Select(t => ("average." + t.Name, t.Tensor)) ?? [],
    ];

    /// <summary>The run's folder.</summary>
    public RunFolder Folder { get; }

    /// <summary>Whether a state was saved.</summary>
    public bool Exists => Folder.HasState;

    /// <summary>Saves the tensors as they are now.</summary>
    /// <param name="state">The position of the run with them.</param>
    /// <exception cref="RadaptException">The file cannot be written.</exception>
    public void Save(TrainerState state) => SafetensorsWriter.Write(
        Folder.StateFile, _tensors.ToDictionary(t => t.Name, t => t.Tensor),
        new Dictionary<string, string> { ["trainer"] = state.ToJson() }, checksum: true);

    /// <summary>Restores what <see cref="Save"/> saved into the tensors.</summary>
    /// <param name="identity">What decides the run now; it must be what decided it when the state was saved.</param>
    /// <param name="best">Must still have the best epoch so far; it is saved again where the state is that of this epoch.</param>
    /// <returns>The position of the run.</returns>
    /// <exception cref="RadaptException">
    /// The state is damaged, something that decides the run has changed (no tensor is changed then), or the best epoch is lost.
    /// </exception>
    public TrainerState Resume(RunIdentity identity, IBestTensors best)
    {
        TrainerState state = Load(identity);
        if (state.BestEpoch == 0)
        {
            return state;
        }

        try
        {
            best.Require();
        }
        catch (RadaptException e)
        {
            if (state.Batch > 0 || state.BestEpoch < state.Epoch)
            {
                throw new RadaptException(
                    $"{e.Message.TrimEnd('.')}. It contained the best epoch so far ({state.BestEpoch}), which --resume cannot "
                        + "compute again: restore the file from a backup, "
                    + $"or start a new run with --recipe {Folder.RecipeFile} and another --out.", e);
            }

            best.Save(state.Epoch);
        }

        return state;
    }

    private TrainerState Load(RunIdentity identity)
    {
        (CheckpointFile file, TrainerState state) = Open();
        using CheckpointFile opened = file;
        state.Identity.RequireSame(identity, Folder.Path);
        using var noGradient = no_grad();
        foreach ((string name, Tensor tensor) in _tensors)
        {
            using var scope = NewDisposeScope();
            tensor.CopyInPlace(file.ReadTensor(name));
        }

        _optimizer.Updates = state.Updates;
        return state with { Identity = identity };
    }

    private (CheckpointFile File, TrainerState State) Open()
    {
        CheckpointFile? file = null;
        try
        {
            file = CheckpointFile.Open(Folder.StateFile);
            StoredChecksum.Verify(file);
            return file.Metadata.TryGetValue("trainer", out string? json) ? (file, TrainerState.FromJson(json))
                : throw new RadaptException("it does not state the position of the run");
        }
        catch (RadaptException e)
        {
            file?.Dispose();
            throw RadaptException.In(Folder.StateFile,
                $"{e.What.TrimEnd('.')}. The run cannot be resumed from it: restore the file from a backup, or start a new run with --recipe "
                    + $"{Folder.RecipeFile} and another --out."
                + (File.Exists(Folder.AdapterFile) ? " The best epoch so far can still be used by evaluate and predict." : ""), e);
        }
    }
}
