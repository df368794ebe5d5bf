using System.CommandLine;

namespace Radapt.Cli;

/// <summary><c>radapt adapter</c>: what is done with adapter files.</summary>
internal sealed class AdapterCommand : Command
{
    public AdapterCommand(CancellationToken interrupted)
        : base("adapter", "Merge adapters into their base weights, average them, or convert them to and from the formats of other programs.")
    {
        Subcommands.Add(new AdapterMergeCommand());
        Subcommands.Add(new AdapterSoupCommand(interrupted));
        Subcommands.Add(new AdapterAverageCommand());
        Subcommands.Add(new AdapterExportCommand());
        Subcommands.Add(new AdapterImportCommand());
    }
}
