using Radapt.Pages;

namespace Radapt.Reporting;

/// <summary>
/// The items of TRIPOD+AI (Collins and others, TRIPOD+AI statement, BMJ 385, 2024, e078378), which asks how studies of prediction models
/// are reported, each in a short wording of Radapt's.
/// </summary>
internal static class TripodAi
{
    private const string Title = "Title and abstract", Introduction = "Introduction", Methods = "Methods", Open = "Open science",
        Involvement = "Patient and public involvement", Results = "Results", Discussion = "Discussion";

    /// <summary>The items, in their order.</summary>
    public static IReadOnlyList<ChecklistItem> Items { get; } =
    [
        new("1", Title, "Title: development or evaluation of a prediction model, for whom, of what",
            run => $"Development and internal test of a model for {Numbers.And(run.Findings)}.") { Also = "the population" },
        new("2", Title, "Structured abstract"),
        new("3a", Introduction, "Medical context, reasons, models that exist"),
        new("3b", Introduction, "Population, purpose and users of the model"),
        new("3c", Introduction, "Health inequalities that are known between groups"),
        new("4", Introduction, "Aims: development, evaluation or both", _ => "Development with an internal test.")
            { Also = "the question of the study" },
        new("5a", Methods, "Sources of the data of development and evaluation, and why they represent the population",
            run => RunWords.Split(run)) { Also = "where the data come from" },
        new("5b", Methods, "Dates of the data"),
        new("6a", Methods, "Setting; number and place of centres"),
        new("6b", Methods, "Who and which images could take part",
            run => run.Adapter?.Accepts is null ? "As the label table lists them."
                : "Images that the label table lists and that are radiographs of the views that were asked for; see the flow of images.")
            { Also = "how patients were chosen" },
        new("6c", Methods, "Treatments, where they matter"),
        new("7", Methods, "Preparation of the data and checks of its quality",
            run => $"Images are resized to {HtmlPage.Text(run.Value("image-size") ?? "?")} pixels and normalised. "
                + (run.Record.Data?.Pixels is { Checked: { } looked } ? $"All {Numbers.Count(looked)} images were decoded and checked."
                    : "Pixels were not checked beforehand.")),
        new("8a", Methods, "The outcome: definition, when and how it was assessed", run =>
            $"Labels of the table: {Numbers.And(run.Findings)}.")
            { Also = "how and by whom images were labelled" },
        new("8b", Methods, "Qualification of those who assessed the outcome"),
        new("8c", Methods, "Whether those who assessed the outcome were blinded"),
        new("9a", Methods, "Choice of the predictors", _ => "The pixels of the image; no other predictor is used."),
        new("9b", Methods, "Definition and measurement of the predictors", _ =>
            "See the values on pixels in the section on repeating the run.")
            { Also = "equipment and technique of the images" },
        new("9c", Methods, "Qualification of those who assessed predictors", _ =>
            "Not applicable: nobody rates the images that the model reads."),
        new("10", Methods, "How the sample size was arrived at",
            run => string.Join(" ", SampleSizes(run).DefaultIfEmpty("All images that there were."))) { Also = "whether it was planned" },
        new("11", Methods, "Missing data",
            run => $"Images that are missing or cannot be read are left out and counted in the flow of images. Unknown labels are left out of loss and figures, finding by finding."),
        new("12a", Methods, "How the data were used in development and evaluation",
            run => $"Train {RunWords.Part(run, "train")}, validation {RunWords.Part(run, "val")}, test {RunWords.Part(run, "test")}. {RunWords.Split(run)}"),
        new("12b", Methods, "How predictors were handled",
            run => $"Gray values, {RunWords.Values(run, "mean", "std", "resize", "augment", "flip")}."),
        new("12c", Methods, "Type of model, how it was built, tuned and tested internally",
            run => $"Vision transformer from {HtmlPage.Text(RunWords.Weights(run))}, {HtmlPage.Text(RunWords.Method(run))}; "
                + $"{RunWords.Values(run, "optimizer", "lr", "epochs", "batch-size", "weight-decay", "seed")}. {RunWords.Choice(run)}")
            { Also = "whether other settings were tried" },
        new("12d", Methods, "Differences between clusters, such as hospitals"),
        new("12e", Methods, "Measures and plots of performance",
            run => "AUROC, average precision, ROC and precision-recall curves, distributions of scores; intervals: "
                + HtmlPage.Text(string.Join("; ", run.Statistics.Findings.Select(f => f.Auroc.Method).OfType<string>().Distinct()
                    .DefaultIfEmpty("none"))) + "."),
        new("12f", Methods, "Updating of the model after evaluation", _ => "None."),
        new("12g", Methods, "How predictions were computed in evaluation",
            _ => "The saved adapter on freshly read base weights, as <code>radapt evaluate</code> and <code>radapt predict</code> do."),
        new("13", Methods, "Class imbalance",
            run => run.Value("pos-weight") is null or "none" ? "Nothing was done about it: losses of positives are not weighted."
                : $"Losses are weighted: {RunWords.Values(run, "pos-weight")}."),
        new("14", Methods, "What was done for fairness"),
        new("15", Methods, "Output of the model, and thresholds", _ => "A score between 0 and 1 for every finding.")
            { Also = "thresholds for use, if any" },
        new("16", Methods, "Differences between data of development and evaluation", run => run.IsCrossValidation
            ? "None: the folds are from the same data." : "None planned: the parts are from the same data."),
        new("17", Methods, "Ethics approval and consent"),
        new("18a", Open, "Funding"),
        new("18b", Open, "Conflicts of interest"),
        new("18c", Open, "Protocol"),
        new("18d", Open, "Registration"),
        new("18e", Open, "Whether data are shared"),
        new("18f", Open, "Whether code is shared",
            run => $"Radapt {HtmlPage.Text(run.Record.Versions?.Radapt ?? "?")} is open source; <code>recipe.yaml</code> has every value.")
                { Also = "where to get it" },
        new("19", Involvement, "Involvement of patients and the public, or that there was none"),
        new("20a", Results, "Flow of participants, with and without the outcome", _ => "See the flow of images."),
        new("20b", Results, "Characteristics of participants, by source and group",
            _ => "Images, patients and findings of the parts are in the section on the flow of images.")
                { Also = "age, sex and other characteristics" },
        new("20c", Results, "Predictors in development and evaluation compared"),
        new("21", Results, "Participants and events in each analysis", _ => "See the table of figures."),
        new("22", Results, "The full model, so that others can predict with it",
            run => run.Adapter is null ? "<code>adapter.safetensors</code> in the run folder, on the base weights named above."
                : $"<code>adapter.safetensors</code> in the run folder ({Numbers.Count(run.Record.Trainable?.Parameters)} trained parameters), on the base weights named above.")
            { Also = "who may have it" },
        new("23a", Results, "Performance with intervals, overall and of groups", _ => "See the section on figures."),
        new("23b", Results, "Differences between clusters"),
        new("24", Results, "Results of updating", _ => "Not applicable."),
        new("25", Discussion, "Interpretation, fairness included"),
        new("26", Discussion, "Limitations", _ => "See the section on limits.") { Also = "those of this study" },
        new("27a", Discussion, "What happens with poor or missing input",
            _ => "<code>radapt predict</code> refuses files that cannot be read and images that are not what the model was trained on, each with its reason."),
        new("27b", Discussion, "What users have to do, and which skills they need"),
        new("27c", Discussion, "Next steps, and where the model may hold"),
    ];

    private static IEnumerable<string> SampleSizes(ReportedRun run) => run.Statistics.Findings.Where(f => f.PatientsNeeded is not null)
        .Select(f => $"{HtmlPage.Text(f.Finding)}: an AUROC known to ± 0.05 needs {Plural.Count(f.PatientsNeeded!.Value, run.Statistics.KnowsPatients ? "patient" : "image")}.");
}
