using System.CommandLine;
using Radapt.Options;
using Radapt.Recipes;

namespace Radapt.Cli;

/// <summary>
/// Options of the command line made from the declarations of the recipe's options, and the layer made from what was given.
/// </summary>
internal static class RecipeArguments
{
    /// <summary>The command line's option for a declaration.</summary>
    public static Option<string> Create(OptionDeclaration option) => new($"--{option.Name}")
    {
        Description = option.Help,
        HelpName = option.ValueName,
        Arity = option.IsFlag ? ArgumentArity.ZeroOrOne : ArgumentArity.ExactlyOne,
    };

    /// <summary>What was given, with absolute paths.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="options">The options that take part.</param>
    /// <param name="catalogue">The options of the kind of recipe; null: those of fine-tuning.</param>
    /// <exception cref="RadaptException">A value does not fit its option, or two options exclude each other.</exception>
    public static RecipeLayer Layer(ParseResult parsed, IEnumerable<Option> options, OptionCatalogue? catalogue = null) =>
        RecipeLayer.From(options
            .Where(o => parsed.GetResult(o) is { Implicit: false })
            .Select(o => KeyValuePair.Create(o.Name[2..], parsed.GetValue((Option<string>)o) ?? "true")),
            ResolvedValue.ByCommandLine, catalogue)
        .WithFullPaths(Environment.CurrentDirectory);
}
