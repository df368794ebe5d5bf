using System.CommandLine;
using Radapt.Datasets;
using Radapt.Options;
using Radapt.Recipes;

namespace Radapt.Cli;

/// <summary>The recipe's options that say which images and labels are meant, for commands that train nothing.</summary>
internal sealed class DataArguments
{
    /// <param name="leftOut">Further options that the command does not take.</param>
    public DataArguments(params string[] leftOut) => Options = [.. Declarations(leftOut).Select(RecipeArguments.Create)];

    /// <summary>The options to add to the command.</summary>
    public IReadOnlyList<Option<string>> Options { get; }

    /// <summary>The data section's options but for those of training, and the seed.</summary>
    /// <param name="leftOut">Further options that the command does not take.</param>
    public static IEnumerable<OptionDeclaration> Declarations(params string[] leftOut) =>
        OptionTable.For(typeof(DataOptions)).Options.Append(OptionTable.Find((Recipe r) => r.Seed))
            .Where(o => !o.IsForTraining && !leftOut.Contains(o.Name));

    /// <summary>What was given, with absolute paths.</summary>
    /// <exception cref="RadaptException">A value is none of its option's, or two options exclude each other.</exception>
    public DataOptions Read(ParseResult parsed) => PartialRecipe.Merge([RecipeArguments.Layer(parsed, Options)]).Data;
}
