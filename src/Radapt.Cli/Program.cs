using System.CommandLine;
using System.CommandLine.Help;

namespace Radapt.Cli;

/// <summary>The command <c>radapt</c>: parses, runs one command, turns what went wrong into one line and an exit code.</summary>
internal static class Program
{
    private static int Main(string[] args)
    {
        ProcessSettings.Apply();
        LastingWriter.Apply();
        using var interruption = new Interruption();
        RootCommand root = Root(interruption.Token);
        Failures.CommandWords = new HashSet<string>(Words(root), StringComparer.Ordinal);
        ParseResult parsed = root.Parse(args, new ParserConfiguration { EnablePosixBundling = false, ResponseFileTokenReplacer = null });
        bool verbose = parsed.GetValue<bool>("--verbose");
        try
        {
            interruption.EndsProcess = parsed.CommandResult.Command is RadaptCommand { StopsItself: false };
            if (parsed.Errors.Count > 0 && parsed.Action is not CommandHelp)
            {
                Ranks.LetFirstReport();
                throw new RadaptException(UsageErrors.Describe(parsed));
            }

            int code = parsed.Invoke(
                new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
            Ranks.Leave();
            return code;
        }
        catch (Exception error)
        {
            return Ranks.End(error, where => Failures.Report(error, verbose, json: args.Contains("--json"), where));
        }
    }

    private static IEnumerable<string> Words(Command command) =>
        command.Options.SelectMany(o => o.Aliases.Append(o.Name)).Append(command.Name).Concat(command.Subcommands.SelectMany(Words));

    internal static RootCommand Root(CancellationToken interrupted)
    {
        var root = new RootCommand("Adapts a radiograph foundation model to your own findings with a few hundred labelled chest X-rays.")
        {
            new FineTuneCommand(interrupted),
            new PretrainCommand(interrupted),
            new StudyCommand(interrupted),
            new EvaluateCommand(interrupted),
            new CompareCommand(),
            new ReportCommand(),
            new PredictCommand(interrupted),
            new ResultsCommand(interrupted),
            new WatchCommand(interrupted),
            new EmbedCommand(interrupted),
            new ServeCommand(interrupted),
            new WeightsCommand(),
            new InspectCommand(),
            new AdapterCommand(interrupted),
            new DataCommand(interrupted),
            new RecipeCommand(),
            new DemoCommand(interrupted),
            new BenchCommand(interrupted),
        };
        root.Options.Add(new Option<bool>("--verbose") { Description = CommandHelp.Verbose, Recursive = true });
        root.Options.OfType<HelpOption>().Single().Action = new CommandHelp();
        return root;
    }
}
