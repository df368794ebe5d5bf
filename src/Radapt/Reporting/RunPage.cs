using Radapt.Pages;

namespace Radapt.Reporting;

/// <summary>The report of a run or a cross-validation: one page that needs nothing else.</summary>
internal static class RunPage
{
    /// <summary>Makes the page.</summary>
    /// <param name="run">The run.</param>
    /// <param name="plots">Receives every plot.</param>
    /// <param name="errors">The most confident errors; null: pictures of patients are not shown.</param>
    /// <param name="subgroups">Columns or DICOM attributes to show figures by; null: none.</param>
    /// <returns>HTML.</returns>
    public static string Create(ReportedRun run, PlotSet plots, IReadOnlyList<ConfidentError>? errors = null,
        IReadOnlyList<string>? subgroups = null)
    {
        subgroups ??= [];
        string findings = run.Findings.Count <= 3 ? string.Join(", ", run.Findings) : Plural.Count(run.Findings.Count, "finding");
        string title = run.IsCrossValidation ? $"Cross-validation report: {findings}" : $"Fine-tuning report: {findings}";
        string lead = HtmlPage.Text($"Run {run.Identity}, {RunWords.Date(run)}, Radapt {run.Record.Versions?.Radapt}");
        var page = new HtmlPage(title, lead) { HasContents = true };
        page.Add("short", "In short", ShortAnswer.Html(run));
        page.Add("limits", "What limits these figures", Caveats.Html(run));
        page.Add("flow", "Flow of images", ImageFlow.Html(run, plots), onNewPage: true);
        page.Add("figures", "Figures", FindingFigures.Html(run, plots), onNewPage: true);
        page.Add("findings", "Finding by finding", FindingBlocks.Html(run, plots));
        if (DecisionSection.Html(run) is { } decisions)
        {
            page.Add("decisions", "Thresholds and calibration", decisions, onNewPage: true);
        }

        if (subgroups.Count > 0)
        {
            page.Add("subgroups", "Subgroups", SubgroupSection.Html(run, subgroups, plots), onNewPage: true);
        }

        if (errors is not null)
        {
            page.Add("errors", "The most confident errors", ErrorPictures.Html(errors), onNewPage: true);
        }

        if (TrainingCurves.Html(run, plots) is { } curves)
        {
            page.Add("training", "Training", curves);
        }

        page.Add("repeat", "To repeat this run", Repetition.Html(run), onNewPage: true);
        page.Add("card", "Model card", ModelCard.Html(run), onNewPage: true);
        page.Add("tripod", "TRIPOD+AI checklist", ChecklistTable.Html(TripodAi.Items, run), onNewPage: true);
        page.Add("claim", "CLAIM checklist", ChecklistTable.Html(Claim.Items, run), onNewPage: true);
        return page.ToString();
    }
}
