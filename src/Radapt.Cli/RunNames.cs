using System.Globalization;
using Radapt.Recipes;

namespace Radapt.Cli;

/// <summary>Names of run folders that nobody named.</summary>
internal static class RunNames
{
    /// <summary><c>runs/20260131-235959-lora-labels</c>: when, what, on which data.</summary>
    public static string Default(Recipe recipe, DateTime now)
    {
        string source = Path.TrimEndingDirectorySeparator(recipe.Data.Data ?? recipe.Data.Train!);
        string data =
            new([.. Path.GetFileNameWithoutExtension(source)
                .Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' ? c : '-')]);
        return Path.Combine("runs", string.Create(CultureInfo.InvariantCulture, $"{now:yyyyMMdd-HHmmss}-{recipe.Method}-{data}"));
    }
}
