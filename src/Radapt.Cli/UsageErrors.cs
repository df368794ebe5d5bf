using System.CommandLine;
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
            return Failures.OneLine(parsed.Errors[0].Message);
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
}
