using Radapt.Recipes;

namespace Radapt.Cli;

/// <summary>Shows the values of a recipe: what was given, and what was chosen, with the reason.</summary>
internal static class ChosenValues
{
    public static void Show(Terminal terminal, IEnumerable<ResolvedValue> resolved)
    {
        ResolvedValue[] values = [.. resolved.Where(v => v.Value.Length > 0 && v.Value != "false")];
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
