using System.Text.Json;
using Radapt.Runs;

namespace Radapt.Training;

/// <summary>The position of a run, without its tensors. Randomness is keyed by these numbers, so resume needs nothing else.</summary>
internal sealed record TrainerState
{
    /// <summary>Epochs completed.</summary>
    public int Epoch { get; init; }

    /// <summary>Batches of the current epoch that are done.</summary>
    public int Batch { get; init; }

    /// <summary>Forward passes of training since the start; the key of dropout and stochastic depth.</summary>
    public long Step { get; init; }

    /// <summary>Updates since the start.</summary>
    public long Updates { get; init; }

    /// <summary>Sum of the batch losses of the current epoch.</summary>
    public double LossSum { get; init; }

    /// <summary>Learning rate of the last update.</summary>
    public double LearningRate { get; init; }

    /// <summary>Best epoch so far, from 1; 0: none.</summary>
    public int BestEpoch { get; init; }

    /// <summary>Score of the best epoch, as its task measures it.</summary>
    public double? BestScore { get; init; }

    /// <summary>Validations since the best.</summary>
    public int SinceBest { get; init; }

    /// <summary>Early stopping has ended the training.</summary>
    public bool Stopped { get; init; }

    /// <summary>Results of the epochs so far.</summary>
    public IReadOnlyList<EpochResult> History { get; init; } = [];

    /// <summary>What decides the run.</summary>
    public RunIdentity Identity { get; init; } = new() { Data = "", BaseWeights = "", Options = new Dictionary<string, string>() };

    public string ToJson() => JsonSerializer.Serialize(this, RunFolder.Json);

    /// <exception cref="RadaptException">It is not such a text.</exception>
    public static TrainerState FromJson(string json)
    {
        try
        {
            return JsonSerializer.Deserialize<TrainerState>(json, RunFolder.Json) ?? throw new JsonException("it is null");
        }
        catch (JsonException e)
        {
            throw new RadaptException($"the position of the run is malformed ({e.Message})", e);
        }
    }
}
