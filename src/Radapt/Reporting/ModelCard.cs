using Radapt.Pages;

namespace Radapt.Reporting;

/// <summary>A card about the model, after Mitchell and others, Model cards for model reporting (2019), as far as the run tells.</summary>
internal static class ModelCard
{
    /// <summary>The section.</summary>
    public static string Html(ReportedRun run)
    {
        var table = new HtmlTable("words", "", "");
        foreach ((string what, string? text) in Rows(run))
        {
            table.Add([HtmlPage.Text(what), text ?? ChecklistTable.Marked]);
        }

        return $"<p>What somebody needs to know who is handed the adapter. {ChecklistTable.Marked} marks what only people can say.</p>{table}";
    }

    private static IEnumerable<(string What, string? Text)> Rows(ReportedRun run)
    {
        string architecture =
            $"Vision transformer, {RunWords.Values(run, "depth", "width", "heads", "patch-size", "image-size")}; the head reads the "
            + (run.Value("pooling") == "mean" ? "mean of the patch tokens" : "class token");
        yield return ("Model", $"{architecture}. Adapted by {HtmlPage.Text(RunWords.Method(run))}"
            + (run.Record.Trainable is { } t
                ? $": {Numbers.Count(t.Parameters)} of {Numbers.Count(t.Total)} parameters trained ({t.Percent:0.##} %)." : "."));
        yield return ("Base weights", HtmlPage.Text(RunWords.Weights(run)) + ". Licence: "
            + HtmlPage.Text(run.Adapter?.BaseLicence ?? "not in the file; see where the weights come from") + ".");
        yield return ("Made", $"{RunWords.Date(run)} with Radapt {HtmlPage.Text(run.Record.Versions?.Radapt ?? "?")}.");
        yield return ("Made by, contact", null);
        yield return ("Intended use", "Research on the findings below, on images like those it was trained on. It is not a medical device. "
            + "Which question, for whom, at which place in the work: " + ChecklistTable.Marked);
        yield return ("Out of scope", "Clinical decisions; images that are not frontal chest radiographs or not what it was trained on "
            + "(<code>radapt predict</code> refuses what it can recognise); findings that are not in the list.");
        yield return ("Input",
            $"One radiograph, resized to {HtmlPage.Text(run.Value("image-size") ?? "?")} pixels, gray values normalised with mean "
            + $"{HtmlPage.Text(run.Value("mean") ?? "?")} and standard deviation {HtmlPage.Text(run.Value("std") ?? "?")}.");
        yield return ("Output",
            $"For each of {Plural.Count(run.Findings.Count, "finding")} a score between 0 and 1: {Numbers.And(run.Findings)}. "
            + "Scores rank images. Read them as probabilities only as far as the section on calibration supports it.");
        yield return ("Training data",
            $"{RunWords.Part(run, run.IsCrossValidation ? "all" : "train")}. {RunWords.Split(run)} Where and when the images "
            + "were made, with which equipment, of whom, and how they were labelled: " + ChecklistTable.Marked);
        yield return ("Test data", $"{RunWords.Tested(run)}, from the same source.");
        yield return ("Figures", run.Findings.Count == 1 ? $"AUROC {Numbers.Short(run.Statistics.Findings[0].Auroc)}."
            : $"Mean AUROC {Numbers.Short(run.Statistics.MeanAuroc)}; by finding in the section on figures.");
        yield return ("Limits", "See \"What limits these figures\".");
        yield return ("Fairness",
            "Differences between groups of patients are in the section on subgroups where the data tells groups; else: "
            + ChecklistTable.Marked);
    }
}
