using System.Text;
using Radapt.Checkpoints;
using Radapt.Pages;
using Radapt.Recipes;
using Radapt.Runs;

namespace Radapt.Reporting;

/// <summary>Everything that is needed to repeat the run: commands, versions, machine, hashes, and every value with its source.</summary>
internal static class Repetition
{
    private const string Hidden = "(a path; see recipe.yaml)";

    /// <summary>The section.</summary>
    public static string Html(ReportedRun run) => "<p>The run folder holds <code>recipe.yaml</code> with every value. Given the same data "
        + "and weights, it makes the same run again; on the same machine, bit by bit.</p>"
        + $"<pre>{HtmlPage.Text(Commands(run))}</pre>{Facts(run)}<h3>Every value, and who decided it</h3>{Values(run)}";

    /// <summary>Commands that repeat and use the run.</summary>
    private static string Commands(ReportedRun run)
    {
        string folder = run.ShowsNames ? run.Folder : "RUN";
        var commands = new StringBuilder();
        commands.Append($"radapt finetune --recipe {folder}/recipe.yaml --out AGAIN\n");
        if (!run.IsCrossValidation)
        {
            commands.Append($"radapt evaluate {folder}\n");
        }

        commands.Append($"radapt evaluate {folder} --data OTHER-HOSPITAL.csv\nradapt predict {folder} NEW-IMAGES -o predictions.csv\n");
        return commands.Append($"radapt report {folder} -o report.html").ToString();
    }

    private static string Facts(ReportedRun run)
    {
        RunRecord record = run.Record;
        var table = new HtmlTable("words", "what", "value");
        table.Add(["Run", $"{HtmlPage.Text(run.ShowsNames ? run.Folder : run.Identity)}, {RunWords.Date(run)}"]);
        table.Add(["Software",
            HtmlPage.Text($"Radapt {record.Versions?.Radapt}, TorchSharp {record.Versions?.Torchsharp}, {record.Versions?.Dotnet}")]);
        table.Add(["Machine",
            HtmlPage.Text($"{record.Machine?.Processor}, {record.Machine?.PhysicalCores} cores, {record.Machine?.System}")]);
        table.Add(["Compute",
            HtmlPage.Text($"{record.Compute?.Precision} on {record.Compute?.Device}, {record.Compute?.Threads} threads")]);
        table.Add(["Seed", HtmlPage.Text($"{record.Seed}")]);
        table.Add(["Base weights", $"{HtmlPage.Text(RunWords.Weights(run))}<br><span class=\"soft\">SHA-256 of their tensors</span> "
            + $"<code>{HtmlPage.Text(record.Weights?.Sha256 ?? "unknown")}</code>"]);
        table.Add(["Data", $"<span class=\"soft\">fingerprint of images, labels and parts</span> <code>{HtmlPage.Text(Fingerprint(record))}</code>"]);
        foreach ((string file, string hash) in record.Files ?? new Dictionary<string, string>())
        {
            table.Add([HtmlPage.Text(file), $"<span class=\"soft\">SHA-256</span> <code>{HtmlPage.Text(hash)}</code>"]);
        }

        return table.ToString();
    }

    private static string Fingerprint(RunRecord record) =>
        record.Data?.Fingerprint ?? record.Data?.AllImages ?? "unknown";

    private static string Spaced(RecipeEntry entry) => entry.Option.IsList ? entry.Text.Replace(",", ", ", StringComparison.Ordinal)
        : entry.Text;

    private static string Values(ReportedRun run)
    {
        var table = new HtmlTable("words", "option", "value", "decided by", "why");
        foreach (RecipeEntry entry in run.Recipe.Entries)
        {
            bool isHidden = entry.Option.IsPath && !run.ShowsNames && !ShippedWeights.Names.Contains(entry.Text);
            table.Add([HtmlPage.Text(entry.Option.Name), HtmlPage.Text(isHidden ? Hidden : Spaced(entry)),
                HtmlPage.Text(entry.Source ?? ""),
                HtmlPage.Text(isHidden ? "" : entry.Reason ?? "")]);
        }

        return table.ToString();
    }
}
