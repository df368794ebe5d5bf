using Radapt.Pages;
using Radapt.Runs;

namespace Radapt.Reporting;

/// <summary>From files and rows to the parts of the run, with counts, and why images were left out.</summary>
internal static class ImageFlow
{
    private const int MostFindings = 6; // in a box

    /// <summary>The section.</summary>
    public static string Html(ReportedRun run, PlotSet plots)
    {
        var chart = FlowChart.Create("Flow of images", [.. Steps(run)], run.IsCrossValidation ? [] : [.. Parts(run)]);
        return $"<p>{RunWords.Split(run)}</p><div class=\"wide\">{plots.Add("flow of images", chart)}</div>{PartTable(run)}{LeftOut(run)}";
    }

    private static IEnumerable<FlowStep> Steps(ReportedRun run)
    {
        RunMatching? matching = run.Record.Data?.Matching;
        if (matching is { Rows: { } rows })
        {
            string[] leftOut =
            [
                .. Line(matching.RowsWithoutFile, "row without a file", "rows without a file"),
                .. Line(matching.AmbiguousRows, "row that several files fit", "rows that several files fit"),
                .. Line(matching.RefusedRows, "row whose file is not a radiograph or cannot be read", "rows whose files are refused"),
                .. Line(matching.OtherViewRows, "row of another view", "rows of other views"),
            ];
            yield return new FlowStep([$"{Plural.Count(rows, "row")} of the table",
                .. matching.Files is { } files ? new[] { $"{Plural.Count(files, "file")} beside it" } : []])
            {
                LeftOut = leftOut.Length == 0 ? ["Nothing left out in matching"] : ["Left out in matching", .. leftOut],
            };
        }

        int? images = run.IsCrossValidation ? run.Record.Data?.Images
            : run.Record.Data is { } data ? data.Train + data.Val + data.Test : null;
        RunPixels? pixels = run.Record.Data?.Pixels;
        if (pixels is { Checked: { } looked, Unreadable: var unreadable })
        {
            yield return new FlowStep([$"{Plural.Count(looked, "image")} decoded", "every pixel looked at"])
            {
                LeftOut = unreadable is > 0 ? [$"{Plural.Count(unreadable.Value, "image")} left out: cannot be read"] : ["None unreadable"],
            };
        }

        yield return new FlowStep(
        [
            $"{(images is { } used ? Plural.Count(used, "image") : "Images")} used"
                + (run.Part("all")?.Patients is { } patients ? $", of {Plural.Count(patients, "patient")}" : ""),
            .. pixels?.Suspicious is > 0 and var suspicious ? new[] { $"{suspicious} of them suspicious, used anyway" } : [],
            .. run.Value("label-fraction") is { Length: > 0 } fraction and not "100%" ? new[]
                { $"after {fraction} of the training labels were drawn" } : [],
            .. run.IsCrossValidation ? new[] { $"each tested in one of {run.Record.Folds!.Count} folds" } : [],
        ]);
    }

    private static IEnumerable<IReadOnlyList<string>> Parts(ReportedRun run)
    {
        (string Key, string Title)[] parts = [("train", "Training"), ("val", "Validation"), ("test", "Test")];
        foreach ((string key, string title) in parts)
        {
            if (RunWords.CountOf(run, key) is not (int and > 0 and var images))
            {
                continue;
            }

            RunPart? part = run.Part(key);
            yield return
            [
                $"{title}: {Plural.Count(images, "image")}",
                .. part?.Patients is { } patients ? new[] { Plural.Count(patients, "patient") } : [],
                .. part is null || run.Findings.Count > MostFindings ? [] : run.Findings.Select(f =>
                    $"{f}: {Numbers.Count(part.Positives.GetValueOrDefault(f))} positive"),
            ];
        }
    }

    private static string PartTable(ReportedRun run)
    {
        IReadOnlyDictionary<string, RunPart>? parts = run.Record.Data?.Parts;
        if (parts is null)
        {
            return "<p class=\"note\">An earlier version of Radapt wrote this run; it did not count patients and labels of the parts.</p>";
        }

        var table = new HtmlTable("", ["", .. parts.Keys.Select(k => "#" + k)]);
        table.Add(["images", .. parts.Values.Select(p => Numbers.Count(p.Images))]);
        table.Add(["patients", .. parts.Values.Select(p => p.Patients is { } n ? Numbers.Count(n) : "not known")]);
        foreach (string finding in run.Findings)
        {
            table.Add([HtmlPage.Text(finding), .. parts.Values.Select(p => Labels(p, finding))]);
        }

        return $"{table}<p class=\"note\">Of every finding: images with it, and their share of those whose label is known.</p>";
    }

    private static string Labels(RunPart part, string finding)
    {
        int positives = part.Positives.GetValueOrDefault(finding);
        int known = positives + part.Negatives.GetValueOrDefault(finding);
        int unknown = part.Images - known;
        return $"{Numbers.Count(positives)} <span class=\"soft\">{Numbers.Percent(known == 0 ? null : positives / (double)known)}"
            + (unknown > 0 ? $", {Numbers.Count(unknown)} unknown" : "") + "</span>";
    }

    private static string LeftOut(ReportedRun run)
    {
        if (run.Record.Data?.Matching is not { } matching)
        {
            return "";
        }

        var table = new HtmlTable("", "Refused files", "#files");
        foreach ((string reason, int files) in matching.RefusedFiles ?? new Dictionary<string, int>())
        {
            table.Add([HtmlPage.Text(reason), Numbers.Count(files)]);
        }

        string others = matching.FilesWithoutRow is > 0 and var without
            ? $"<p class=\"note\">{Plural.Count(without, "file")} that no row of the table names: not used.</p>" : "";
        string views = matching.UnknownViewImages is > 0 and var unknown
            ? $"<p class=\"note\">{Plural.Count(unknown, "image")} whose view is not known: used.</p>" : "";
        return $"{(table.IsEmpty ? "" : table)}{others}{views}";
    }

    private static IEnumerable<string> Line(int? count, string one, string several) =>
        count is > 0 ? [Plural.Count(count.Value, one, several)] : [];
}
