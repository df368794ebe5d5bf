using System.CommandLine;
using System.CommandLine.Invocation;

namespace Radapt.Cli;

/// <summary>
/// Help texts: what a command does, its arguments, its options in groups, examples. Plain text, so that it is there at once.
/// </summary>
internal sealed class CommandHelp : SynchronousCommandLineAction
{
    private const int Column = 30; // where descriptions begin
    private const int Narrow = 72; // below it they begin on a line of their own

    /// <summary>What <c>--verbose</c> does.</summary>
    public const string Verbose = "Show which kernels run and why (finetune, demo), and a stack trace when something fails.";

    public override int Invoke(ParseResult parseResult)
    {
        TextWriter to = parseResult.InvocationConfiguration.Output;
        int width = Width();
        Command command = parseResult.CommandResult.Command;
        Paragraph(to, command.Description!, 0, width);
        to.WriteLine();
        if (command is RadaptCommand own)
        {
            Describe(to, own, width);
        }
        else if (command is RootCommand)
        {
            DescribeRoot(to, command, width);
        }
        else
        {
            DescribeGroup(to, command, width);
        }

        return ExitCode.Done;
    }

    /// <summary>What to type for a command: <c>radapt adapter merge</c>.</summary>
    public static string PathOf(Command command) =>
        command is RootCommand ? "radapt"
            : $"{(command.Parents.OfType<Command>().FirstOrDefault() is { } parent ? PathOf(parent) : "radapt")} {command.Name}";

    private static void DescribeGroup(TextWriter to, Command group, int width)
    {
        to.WriteLine($"Usage: {PathOf(group)} COMMAND [options]");
        to.WriteLine();
        to.WriteLine("Commands");
        foreach (Command command in group.Subcommands)
        {
            Row(to, command.Name, command.Description!, width);
        }

        to.WriteLine();
        to.WriteLine("Options");
        Row(to, "COMMAND --help", "The command's options, with examples.", width);
    }

    private static void Describe(TextWriter to, RadaptCommand command, int width)
    {
        string arguments = string.Concat(command.Arguments.Select(a => $" {a.HelpName}"));
        to.WriteLine($"Usage: {PathOf(command)}{arguments} [options]");
        foreach (Argument argument in command.Arguments)
        {
            Row(to, argument.HelpName!, argument.Description!, width);
        }

        foreach ((string heading, List<Option> options) in command.Groups)
        {
            to.WriteLine();
            to.WriteLine(heading);
            foreach (Option option in options.Where(o => !o.Hidden))
            {
                string names = string.Join(", ", option.Aliases.Append(option.Name));
                Row(to, option.HelpName is null ? names : $"{names} {option.HelpName}", option.Description!, width);
            }
        }

        to.WriteLine();
        to.WriteLine("Examples");
        foreach ((string line, string what) in command.Examples)
        {
            Paragraph(to, what, 2, width);
            to.WriteLine($"    {line}");
        }
    }

    private static void DescribeRoot(TextWriter to, Command root, int width)
    {
        to.WriteLine("Usage: radapt COMMAND [options]");
        to.WriteLine();
        to.WriteLine("Commands");
        foreach (Command command in root.Subcommands)
        {
            Row(to, command.Name, command.Description!, width);
        }

        to.WriteLine();
        to.WriteLine("Options");
        Row(to, "COMMAND --help", "The command's options, with examples.", width);
        Row(to, "--version", "The version.", width);
        Row(to, "--verbose", Verbose, width);
        to.WriteLine();
        to.WriteLine("Examples");
        to.WriteLine("  See Radapt work, without data of your own:");
        to.WriteLine("    radapt demo");
        to.WriteLine("  Fine-tune on your own images:");
        to.WriteLine("    radapt finetune --data labels.csv --weights MRM.pth --out runs/first");
        to.WriteLine();
        Paragraph(to,
            "Exit codes: 0 done; 1 a bug in radapt; 2 bad usage or bad input; 3 done, but some inputs could not be read; 130 interrupted.", 0, width);
    }

    private static void Row(TextWriter to, string left, string right, int width)
    {
        int indent = width < Narrow ? 6 : Column;
        string start = $"  {left}";
        if (width < Narrow || start.Length > Column - 2)
        {
            to.WriteLine(start);
            Paragraph(to, right, indent, width);
        }
        else
        {
            Paragraph(to, right, indent, width, start.PadRight(indent));
        }
    }

    private static void Paragraph(TextWriter to, string text, int indent, int width, string? start = null)
    {
        string line = start ?? new string(' ', indent);
        bool empty = true;
        foreach (string word in text.Split(' '))
        {
            if (!empty && line.Length + 1 + word.Length > width)
            {
                to.WriteLine(line);
                (line, empty) = (new string(' ', indent), true);
            }

            line += empty ? word : $" {word}";
            empty = false;
        }

        to.WriteLine(line);
    }

    private static int Width()
    {
        try
        {
            return Console.IsOutputRedirected || Console.WindowWidth <= 0 ? 100 : Math.Clamp(Console.WindowWidth - 1, 40, 110);
        }
        catch (IOException)
        {
            return 100; // no console at all
        }
    }
}
