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
    /// <exception cref="RadaptException">A value is none of its option's, or two options exclude each other.</exception>
    public static RecipeLayer Layer(ParseResult parsed, IEnumerable<Option> options) =>
        RecipeLayer.FromCommandLine(options
            .Where(o => parsed.GetResult(o) is { Implicit: false })
            .Select(o => KeyValuePair.Create(o.Name[2..], parsed.GetValue((Option<string>)o) ?? "true")))
        .WithFullPaths(Environment.CurrentDirectory);
}
