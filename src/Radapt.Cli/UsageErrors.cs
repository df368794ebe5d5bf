using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Parsing;
using Radapt.Options;

namespace Radapt.Cli;

/// <summary>The one line for a command line that cannot be understood.</summary>
internal static class UsageErrors
{
    public static string Describe(ParseResult parsed)
    {
        Command command = parsed.CommandResult.Command;
        return $"{Problem(parsed, command)} See {CommandHelp.PathOf(command)} --help.";
    }

    private static string Problem(ParseResult parsed, Command command)
    {
        string? unknown = parsed.UnmatchedTokens is [string first, ..] ? first : null;
        if (unknown is null)
        {
            return command.Subcommands.Count > 0 && command.Action is null
                ? $"A command is missing: one of {string.Join(", ", command.Subcommands.Select(c => c.Name))}."
                : RepeatedOption(parsed) ?? UnknownChoice(parsed) ?? Failures.OneLine(parsed.Errors[0].Message);
        }

        bool isOption = unknown.StartsWith('-');
        IEnumerable<string> known = isOption
            ? command.Options.Concat(parsed.RootCommandResult.Command.Options).Select(o => o.Name)
            : command.Subcommands.Select(c => c.Name);
        string nearest = NearestName.Find(unknown, known) is { } likely ? $" Did you mean {likely}?" : "";
        return isOption ? $"There is no option {unknown}.{nearest}"
            : command.Subcommands.Count > 0 ? $"There is no command {unknown}.{nearest}"
            : $"'{unknown}' is not expected here.";
    }

    private static string? RepeatedOption(ParseResult parsed) =>
        parsed.Errors[0].SymbolResult is OptionResult { IdentifierTokenCount: > 1, Option: { Arity.MaximumNumberOfValues: 1 } option }
            ? $"{option.Name} is given more than once." : null;

    // The library's own message is two sentences without a full stop.
    private static string? UnknownChoice(ParseResult parsed)
    {
        SymbolResult? at = parsed.Errors[0].SymbolResult;
        if ((at as OptionResult ?? at?.Parent as OptionResult) is not { Tokens: [{ Value: { } value }] } option)
        {
            return null;
        }

        string[] choices = [.. option.Option.GetCompletions(CompletionContext.Empty).Select(c => c.Label)];
        return choices.Length > 0 && !choices.Contains(value)
            ? $"{option.Option.Name}: '{value}' is not one of {string.Join(", ", choices)}." : null;
    }
}
