using Microsoft.Extensions.Logging;
using Radapt.Compute;
using Radapt.Imaging.Dicom.Codecs;

namespace Radapt.Inference;

/// <summary>How predictors are opened, and what they may take of the machine.</summary>
public sealed record PredictorOptions
{
    /// <summary>Where the base weights are now; null: where they were in training.</summary>
    public string? Weights { get; init; }

    /// <summary>Take base weights that are not those of training, too, where they fit.</summary>
    public bool Force { get; init; }

    /// <summary>Precision, products, device and threads; null: as the run was trained and tested.</summary>
    public ComputePlan? Plan { get; init; }

    /// <summary>
    /// Where DICOM files in JPEG-LS and JPEG 2000 are decoded; null: in processes of its own. The caller disposes it, after the predictors.
    /// </summary>
    public CodecProcess? Codecs { get; init; }

    /// <summary>Most images of one forward pass; at least 1. The results do not depend on it.</summary>
    public int BatchSize { get; init => field = Positive(value, nameof(BatchSize)); } = 16;

    /// <summary>
    /// How long the first request of a batch waits for others; 0 (the default): not at all, so that only what comes while another batch is
    /// computed is put together.
    /// </summary>
    public TimeSpan BatchWindow
    {
        get;
        init => field = value >= TimeSpan.Zero && value <= TimeSpan.FromMinutes(1) ? value
            : throw new ArgumentOutOfRangeException(nameof(BatchWindow), value, "The window is between 0 and one minute.");
    }

    /// <summary>Images that a predictor decodes at once; at least 1.</summary>
    public int DecodingThreads { get; init => field = Positive(value, nameof(DecodingThreads)); } = Environment.ProcessorCount;

    /// <summary>
    /// Images that are in a predictor at once: being decoded, waiting, being computed. Further callers wait until there is room, and none
    /// is refused. At least 1.
    /// </summary>
    public int QueueLimit { get; init => field = Positive(value, nameof(QueueLimit)); } = 64;

    /// <summary>Base weights to share with others; null: the predictor has its own.</summary>
    public Backbone? Backbone { get; init; }

    /// <summary>Told what is opened and what fails, never an image's name; null: nobody is.</summary>
    public ILogger? Logger { get; init; }

    private static int Positive(int value, string name)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value, name);
        return value;
    }
}
