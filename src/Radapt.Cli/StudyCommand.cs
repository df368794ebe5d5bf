using System.CommandLine;

namespace Radapt.Cli;

/// <summary><c>radapt study</c>: many runs from one file.</summary>
internal sealed class StudyCommand : Command
{
    public StudyCommand(CancellationToken interrupted)
        : base("study", "Run a grid of fine-tunings that one file describes, and print its tables.")
    {
        Subcommands.Add(new StudyRunCommand(interrupted));
        Subcommands.Add(new StudyPlanCommand(interrupted));
        Subcommands.Add(new StudyTableCommand());
        Subcommands.Add(new StudySchemaCommand());
    }
}
