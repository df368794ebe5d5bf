using System.Text.Json.Serialization;

namespace Radapt.Runs;

/// <summary>An epoch that ended; a line of <c>metrics.jsonl</c>.</summary>
[JsonConverter(typeof(EpochResultConverter))]
public sealed record EpochResult
{
    /// <summary>The epoch, from 1.</summary>
    public required int Epoch { get; init; }

    /// <summary>Updates since the start of the run.</summary>
    public required long Updates { get; init; }

    /// <summary>Mean training loss over the epoch's batches.</summary>
    public required double TrainLoss { get; init; }

    /// <summary>Learning rate of the epoch's last update.</summary>
    public required double LearningRate { get; init; }

    /// <summary>Training images per second.</summary>
    public required double ImagesPerSecond { get; init; }

    /// <summary>Seconds of training in this epoch, validation left out.</summary>
    public required double Seconds { get; init; }

    /// <summary>
    /// Validation figures by name; empty where the epoch was not validated. Fine-tuning on labels gives the mean <c>auroc</c> and
    /// <c>auroc/FINDING</c> where both classes occur, and <c>loss</c>.
    /// </summary>
    public IReadOnlyDictionary<string, double> Figures { get; init; } = new Dictionary<string, double>();

    /// <summary>This epoch is the best so far.</summary>
    public bool Best { get; init; }

    /// <summary>A validation figure.</summary>
    /// <param name="name">Its name in <see cref="Figures"/>.</param>
    /// <returns>Null where the epoch was not validated or the figure is not defined.</returns>
    public double? Figure(string name) => Figures.TryGetValue(name, out double value) ? value : null;
}
