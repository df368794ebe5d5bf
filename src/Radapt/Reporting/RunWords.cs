using Radapt.Pages;
using Radapt.Recipes;

namespace Radapt.Reporting;

/// <summary>What a run did, in words that reports share.</summary>
internal static class RunWords
{
    /// <summary>The method, such as <c>LoRA of rank 4</c>.</summary>
    public static string Method(ReportedRun run) => run.Value("method") switch
    {
        "lora" when run.Value("dora") == "true" => $"DoRA of rank {run.Value("rank")}",
        "lora" => $"LoRA of rank {run.Value("rank")}",
        "adalora" => "AdaLoRA",
        "full" => "full fine-tuning",
        "linear" => "a linear probe",
        "ridge" => "ridge regression on frozen features",
        "logistic" => "logistic regression on frozen features",
        "knn" => "nearest neighbours on frozen features",
        null => "an unknown method",
        var name => name,
    };

    /// <summary>A number of images and, where known, of patients: <c>480 images of 240 patients</c>.</summary>
    public static string Images(int? images, int? patients) => images is not { } n ? "an unknown number of images"
        : Plural.Count(n, "image") + (patients is { } p ? $" of {Plural.Count(p, "patient")}" : "");

    /// <summary>The images of a part.</summary>
    public static string Part(ReportedRun run, string part) =>
        Images(run.Part(part)?.Images ?? CountOf(run, part), run.Part(part)?.Patients);

    /// <summary>The images that the figures come from.</summary>
    public static string Tested(ReportedRun run) =>
        Images(run.Statistics.Images, run.Statistics.KnowsPatients ? run.Statistics.Patients : null);

    /// <summary>The number of images of a part.</summary>
    public static int? CountOf(ReportedRun run, string part) => part switch
    {
        "train" => run.Record.Data?.Train,
        "val" => run.Record.Data?.Val,
        "test" => run.Record.Data?.Test,
        _ => run.Record.Data?.Images,
    };

    /// <summary>The weights that training began with.</summary>
    public static string Weights(ReportedRun run) => run.Value("from-scratch") == "true" ? "random weights"
        : run.Record.Weights?.Description is { Length: > 0 } weights ? weights : "unknown weights";

    /// <summary>How the images came into their parts, as a sentence in HTML.</summary>
    public static string Split(ReportedRun run)
    {
        if (run.IsCrossValidation)
        {
            return $"The images were divided into {run.Record.Folds!.Count} folds by patient; each fold was tested by a run that had not seen it.";
        }

        return run.Record.Data?.Split is { } split
            ? $"The split was drawn by Radapt (seed {split.Seed}), by patient where patients are known, with every finding about as common in each part."
            : "The split comes with the data.";
    }

    /// <summary>How what is tested was chosen, as a sentence in HTML.</summary>
    public static string Choice(ReportedRun run) =>
        run.Record.Probe is { } probe
            ? $"The {HtmlPage.Text(probe.Setting ?? "setting")} of every finding was chosen by cross-validation over the training patients."
        : run.Selection switch
        {
            EpochSelection.Last => "The state after the last epoch was kept; no image chose it.",
            EpochSelection.Average => "The mean over the last quarter of the epochs was kept; no image chose an epoch.",
            _ when run.IsCrossValidation => "In every fold, validation images chose the epoch.",
            _ => $"{Part(run, "val")} chose the epoch: {run.Record.BestEpoch} of {run.Record.Epochs}.",
        };

    /// <summary>When the run was made, as a date.</summary>
    public static string Date(ReportedRun run) =>
        run.Record.SessionStarted?.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture) ?? "unknown date";

    /// <summary>Values of the recipe in a line: <c>lr 0.001, epochs 8</c>; those that it lacks are left out.</summary>
    public static string Values(ReportedRun run, params string[] options) => HtmlPage.Text(string.Join(", ",
        options.Select(o => (Name: o, Value: run.Value(o))).Where(o => o.Value is { Length: > 0 }).Select(o => $"{o.Name} {o.Value}")));
}
