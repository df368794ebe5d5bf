using Radapt.Recipes;

namespace Radapt.Cli;

/// <summary>Shows the values of a recipe: what was given, and what was chosen, with the reason.</summary>
internal static class ChosenValues
{
    /// <param name="terminal">Where they are shown.</param>
    /// <param name="resolved">All values.</param>
    /// <param name="resumedFrom">The folder whose recipe the run continues with; null: it is a new run.</param>
    public static void Show(Terminal terminal, IEnumerable<ResolvedValue> resolved, string? resumedFrom = null)
    {
        ResolvedValue[] values = [.. resolved.Where(v => v.Value.Length > 0 && v.Value != "false")];
        if (resumedFrom is not null)
        {
            values = [.. values.Where(v => v.Origin == ResolvedValue.ByCommandLine)]; // the others were shown when the run began
            terminal.Line($"Recipe: as the run began, {Path.Combine(resumedFrom, "recipe.yaml")}");
        }

        foreach (IGrouping<string, ResolvedValue> given in values.Where(v => !v.IsChosen).GroupBy(v => v.Origin))
        {
            terminal.Line(
                $"Given by {given.Key}: {string.Join(", ", given.Select(v => v.Value == "true" ? v.Name : $"{v.Name} {v.Value}"))}");
        }

        string[][] chosen = [.. values.Where(v => v.IsChosen).Select(v => new[] { v.Name, v.Value, v.Reason ?? "" })];
        if (chosen.Length > 0)
        {
            terminal.Line("Chosen for you (any can be given as an option):", strong: true);
            terminal.Rows(["option", "value", "why"], chosen);
        }
    }
}
