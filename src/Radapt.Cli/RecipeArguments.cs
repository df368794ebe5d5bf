using System.CommandLine;
using Radapt.Training.Recipes;

namespace Radapt.Cli;

/// <summary>
/// Options of the command line made from the rows of <see cref="RecipeOptions.All"/>, and the layer made from what was given.
/// </summary>
internal static class RecipeArguments
{
    /// <summary>The command line's option for a row.</summary>
    public static Option<string> Create(RecipeOption row) => new($"--{row.Name}")
    {
        Description = row.Help,
        HelpName = row.Kind switch
        {
            RecipeValueKind.Flag => null,
            RecipeValueKind.Integer => "N",
            RecipeValueKind.Number => "NUMBER",
            RecipeValueKind.Fraction => "FRACTION",
            RecipeValueKind.TextList => "NAME,NAME",
            RecipeValueKind.IntegerList => "N,N",
            _ when row.Allowed.Count > 0 => "CHOICE",
            _ => row.Name switch
            {
                "data" => "DIR|FILE",
                "train" or "val" or "test" => "LIST",
                "image-root" or "cache" => "DIR",
                "weights" => "FILE|RUN",
                "key" => "FILE",
                "skip-unreadable" => "SHARE",
                "validate-every" => "N|auto",
                "validate-images" => "N|auto|all",
                _ => "NAME",
            },
        },
        Arity = row.Kind == RecipeValueKind.Flag ? ArgumentArity.ZeroOrOne : ArgumentArity.ExactlyOne,
    };

    /// <summary>What was given, with absolute paths.</summary>
    /// <exception cref="RadaptException">A value is none of its option's, or two options exclude each other.</exception>
    public static RecipeLayer Layer(ParseResult parsed, IEnumerable<Option> options) =>
        RecipeLayer.FromCommandLine(options
            .Where(o => parsed.GetResult(o) is { Implicit: false })
            .Select(o => KeyValuePair.Create(o.Name[2..], parsed.GetValue((Option<string>)o) ?? "true")))
        .WithFullPaths(Environment.CurrentDirectory);
}
