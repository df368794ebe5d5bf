using Radapt.Evaluation;
using Radapt.Pages;
using Radapt.Recipes;

namespace Radapt.Reporting;

/// <summary>What limits the figures of a run, as far as its folder tells.</summary>
internal static class Caveats
{
    // Vergouwe and others, Substantial effective sample sizes were required for external validation studies of predictive logistic
    // regression models, Journal of Clinical Epidemiology 58 (2005).
    private const int EnoughCases = 100;

    private const int FewChoosing = 50;

    /// <summary>The section.</summary>
    public static string Html(ReportedRun run) => HtmlPage.List(Items(run));

    private static IEnumerable<string> Items(ReportedRun run)
    {
        if (run.HasNoTest)
        {
            yield return "<strong>No test images.</strong> "
                + (run.Selection == EpochSelection.Best ? "The images that chose the epoch also give the figures, which flatters them."
                    : "The figures are of validation images; whoever chose settings by them flatters them.");
        }

        yield return "<strong>One source.</strong> All images come from the same data, so the figures do not show how the model does "
            + "at another hospital, with other equipment or other patients. <code>radapt evaluate RUN --data OTHER.csv</code> measures it there.";
        if (!run.Statistics.KnowsPatients)
        {
            yield return "<strong>Patients are not known.</strong> Images of a patient may be in several parts, which flatters the figures, "
                + "and intervals count every image as a patient, which makes them too narrow where patients have several.";
        }

        if (run.Value("allow-overlap") == "true")
        {
            yield return "<strong>Parts may overlap:</strong> the run was told to accept patients that are in several parts (<code>allow-overlap</code>).";
        }

        FindingStatistics[] few = [.. run.Statistics.Findings.Where(f => Math.Min(f.Positives, f.Negatives) < EnoughCases)];
        if (few.Length > 0)
        {
            yield return $"<strong>Few cases.</strong> {(few.Length == run.Findings.Count && few.Length > 1 ? "Every finding has"
                : $"{Numbers.And([.. few.Select(f => f.Finding)])} {(few.Length == 1 ? "has" : "have")}")} fewer than {EnoughCases} {run.Tested} images with or without the finding, "
                + "which is fewer than is recommended for such a test (Vergouwe and others, 2005)."
                + (few.Select(f => f.PatientsNeeded).OfType<int>().DefaultIfEmpty().Max() is var most and > 0
                    ? $" An AUROC known to ± 0.05 needs up to {Plural.Count(most, run.Statistics.KnowsPatients ? "patient" : "image")}."
                        : "");
        }

        if (run.Findings.Count > 1)
        {
            yield return $"<strong>{run.Findings.Count} findings, {run.Findings.Count} intervals.</strong> Each interval misses with a "
                + "chance of 5 %, so among many, some do.";
        }

        if (run.Selection == EpochSelection.Best && run.Record.Data?.Choosing?.Images is { } choosing and < FewChoosing)
        {
            yield return $"<strong>The epoch was chosen by {Plural.Count(choosing, "image")},</strong> which is close to choosing it at random.";
        }

        yield return "<strong>Labels are taken as true.</strong> Where they come from reports, or from one reader, their errors are in all figures.";
        yield return "<strong>One seed.</strong> Trained again with another seed, the same data gives somewhat other figures; "
            + "the intervals do not contain that.";
        if (run.Record.Data?.Pixels?.Suspicious is > 0 and var suspicious)
        {
            yield return $"<strong>{Plural.Count(suspicious, "suspicious image")}</strong> (blank, saturated, inverted, elongated, or not a "
                + "frontal chest by the header) were used anyway; <code>suspicious.csv</code> in the run folder lists them.";
        }
    }
}
