using System.CommandLine;
using Radapt.Datasets;
using Radapt.Training.Recipes;

namespace Radapt.Cli;

/// <summary>The recipe's options that say which images and labels are meant, for commands that train nothing.</summary>
internal sealed class DataArguments
{
    // Where a training keeps what it makes, and what it may be taught with.
    private static readonly string[] s_ofTraining =
        ["key", "cache", "cache-size", "label-fraction", "allow-rare-findings", "folds", "fold", "check-pixels", "skip-unreadable"];

    /// <param name="leftOut">Further options of the data section that the command does not take.</param>
    public DataArguments(params string[] leftOut) => Options =
    [
        .. RecipeOptions.All.Where(o => o.Name == "seed" || (o.Group == RecipeGroup.Data && !s_ofTraining.Contains(o.Name)))
            .Where(o => !leftOut.Contains(o.Name)).Select(RecipeArguments.Create),
    ];

    /// <summary>The options to add to the command.</summary>
    public IReadOnlyList<Option<string>> Options { get; }

    /// <summary>What was given, with absolute paths.</summary>
    /// <exception cref="RadaptException">A value is none of its option's, or two options exclude each other.</exception>
    public DataOptions Read(ParseResult parsed) => RecipeArguments.Layer(parsed, Options).ToDataOptions();
}
