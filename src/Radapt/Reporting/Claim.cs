using Radapt.Pages;

namespace Radapt.Reporting;

/// <summary>
/// The items of CLAIM (Tejani and others, Checklist for artificial intelligence in medical imaging: 2024 update, Radiology: Artificial
/// Intelligence 6, 2024, e240300), each in a short wording of Radapt's.
/// </summary>
internal static class Claim
{
    private const string Title = "Title and abstract", Introduction = "Introduction", Design = "Study design", Data = "Data",
        Reference = "Reference standard", Partitions = "Data partitions", Testing = "Testing data", Model = "Model", Training = "Training",
        Evaluation = "Evaluation", Results = "Results", Discussion = "Discussion", Other = "Other information";

    /// <summary>The items, in their order.</summary>
    public static IReadOnlyList<ChecklistItem> Items { get; } =
    [
        new("1", Title, "Says that the study is about AI, and of which kind",
            run => $"A vision transformer adapted by {HtmlPage.Text(RunWords.Method(run))}.") { Also = "the title" },
        new("2", Title, "Structured abstract"),
        new("3", Introduction, "Background; intended use and clinical role"),
        new("4", Introduction, "Aims and hypotheses"),
        new("5", Design, "Prospective or retrospective"),
        new("6", Design, "Goal, such as development or test of a model", _ => "Development with an internal test.")
            { Also = "the question" },
        new("7", Data, "Sources of the data"),
        new("8", Data, "Which patients and images were included and excluded", _ => "See the flow of images.")
            { Also = "how patients were chosen" },
        new("9", Data, "Preprocessing",
            run => $"Resized to {HtmlPage.Text(run.Value("image-size") ?? "?")} pixels, normalised; {RunWords.Values(run, "resize", "mean", "std", "dicom-scale")}."),
        new("10", Data, "Choice of subsets of the data",
            run => run.Value("label-fraction") is { Length: > 0 } fraction and not "100%"
                ? $"{HtmlPage.Text(fraction)} of the training labels, drawn by patient." : "None: all images are used."),
        new("11", Data, "De-identification",
            run => run.Value("plain-names") == "true" ? "Files are named as they are (<code>plain-names</code>)."
                : "Where patients are known, run folder and report name images and patients by keyed codes only. Pixels are not changed.")
            { Also = "what was done with the data before" },
        new("12", Data, "Missing data", _ =>
            "Unknown labels are left out of loss and figures; images that cannot be read are left out and counted."),
        new("13", Data, "How images were acquired"),
        new("14", Reference, "How the reference standard was obtained"),
        new("15", Reference, "Why this one"),
        new("16", Reference, "Who annotated"),
        new("17", Reference, "How the test set was annotated"),
        new("18", Reference, "Agreement between and within readers"),
        new("19", Partitions, "How data were divided, and in which shares",
            run => $"{RunWords.Split(run)} Train {RunWords.Part(run, "train")}, validation {RunWords.Part(run, "val")}, test {RunWords.Part(run, "test")}."),
        new("20", Partitions, "At which level the parts are disjoint",
            run => run.Value("allow-overlap") == "true" ? "Patients may be in several parts (<code>allow-overlap</code>)."
                : run.Statistics.KnowsPatients ? "Patients: Radapt refuses data with a patient in two parts."
                    : "Images; patients are not known."),
        new("21", Testing, "Intended size of the test set", run => $"{RunWords.Tested(run)}.") { Also = "how it was planned" },
        new("22", Model, "The model: inputs, outputs, layers",
            run => $"Vision transformer, {RunWords.Values(run, "backbone", "depth", "width", "heads", "patch-size", "image-size", "pooling")}; "
                + $"one logit for each of {Plural.Count(run.Findings.Count, "finding")}."),
        new("23", Model, "Software",
            run => HtmlPage.Text($"Radapt {run.Record.Versions?.Radapt}, TorchSharp {run.Record.Versions?.Torchsharp}, {run.Record.Versions?.Dotnet}.")),
        new("24", Model, "Initial parameters",
            run => $"{HtmlPage.Text(RunWords.Weights(run))}, SHA-256 of the tensors <code>{HtmlPage.Text(run.Record.Weights?.Sha256 ?? "unknown")}</code>."),
        new("25", Training, "Training: augmentation, hyper-parameters, number of models",
            run => $"{RunWords.Values(run, "optimizer", "lr", "min-lr", "warmup-epochs", "weight-decay", "layer-decay", "epochs", "batch-size", "augment", "drop-path", "seed")}; "
                + $"{Plural.Count(run.Epochs.Count, "model")}."),
        new("26", Training, "How the final model was chosen",
            RunWords.Choice),
        new("27", Training, "Ensembles", run => run.IsCrossValidation ? "<code>radapt predict</code> averages the folds." : "None."),
        new("28", Evaluation, "Measures of performance", _ => "AUROC and average precision of every finding."),
        new("29", Evaluation, "Uncertainty and significance",
            run => HtmlPage.Text(string.Join("; ", run.Statistics.Findings.Select(f => f.Auroc.Method).OfType<string>().Distinct()
                .DefaultIfEmpty("None"))) + "."),
        new("30", Evaluation, "Robustness"),
        new("31", Evaluation, "Explanations", _ => "<code>radapt report --images</code> shows heat maps of the most confident errors; "
            + "they show where attention goes, not why."),
        new("32", Evaluation, "Evaluation on internal data", run => $"{RunWords.Tested(run)} of the same source."),
        new("33", Evaluation, "Test on external data", _ => "None in this report."),
        new("34", Evaluation, "Registration of a trial"),
        new("35", Results, "Patients and images included and excluded", _ => "See the flow of images."),
        new("36", Results, "Characteristics of the cases in each part", _ =>
            "Numbers of images, patients and findings are in the section on the flow of images.")
            { Also = "demographic and clinical characteristics" },
        new("37", Results, "Performance on all parts",
            run => $"See the figures. Mean validation AUROC: {Numbers.Figure(run.Record.Val?.Auroc.GetValueOrDefault(Runs.RunFigures.Mean))}."),
        new("38", Results, "Figures and their precision", _ => "See the section on figures."),
        new("39", Results, "Analysis of errors", _ =>
            "The distributions of scores show how many errors there are; <code>--images</code> shows the most confident ones."),
        new("40", Discussion, "Limitations", _ => "See the section on limits.") { Also = "those of this study" },
        new("41", Discussion, "What follows for practice"),
        new("42", Other, "Protocol or further technical details", _ =>
            "<code>recipe.yaml</code> and <code>run.json</code> in the run folder."),
        new("43", Other, "Where software, model and data can be had", _ => "Radapt is open source.") { Also = "model and data" },
        new("44", Other, "Funding, and the role of those who gave it"),
    ];
}
