using Radapt.Options;

namespace Radapt.Pretraining;

/// <summary>What is measured and kept while pre-training goes on.</summary>
internal sealed record MonitoringOptions
{
    /// <summary>Epochs from one look at held-out images and probe to the next.</summary>
    [Option("validate-every", "Epochs between measurements of the held-out loss and the probe; the last epoch is always measured.", Min = 1,
        Default = "so that there are at most 50", ChosenFrom = ["epochs"])]
    public int ValidateEvery { get; init; } = 1;

    /// <summary>Epochs from one checkpoint that is kept to the next; 0: only the last epoch's weights are.</summary>
    [Option("checkpoint-every", "Epochs between checkpoints that are kept, in checkpoints/; 0: keep only weights.safetensors, the last.",
        Min = 0, Default = "a quarter of the epochs", ChosenFrom = ["epochs"])]
    public int CheckpointEvery { get; init; }

    /// <summary>Held-out images whose reconstruction is drawn beside every checkpoint; 0: none.</summary>
    [Option("pictures", "Images whose reconstruction is drawn with every checkpoint, in reconstructions/; 0: none.", Min = 0, Max = 64,
        Reason = "Radapt's choice")]
    public int Pictures { get; init; } = 8;

    /// <summary>Labelled images that the features are probed with; null: none.</summary>
    [Option("probe",
        "Labelled images, as --data of finetune: at every measurement, ridge regression on the frozen features of the train split "
        + "is scored on the val split.", ValueName = "DIR|FILE", IsPath = true, MayChangeOnResume = true)]
    public string? Probe { get; init; }

    /// <summary>Folder that the probe's image names are relative to.</summary>
    [Option("probe-root", "Folder that image names of --probe are relative to.", ValueName = "DIR", IsPath = true,
        MayChangeOnResume = true)]
    public string? ProbeRoot { get; init; }
}
