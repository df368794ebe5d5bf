using System.CommandLine;

namespace Radapt.Cli;

/// <summary><c>radapt adapter</c>: what is done with adapter files.</summary>
internal sealed class AdapterCommand : Command
{
    public AdapterCommand()
        : base("adapter", "Merge adapters into their base weights, and carry them to and from other programs.")
    {
        Subcommands.Add(new AdapterMergeCommand());
        Subcommands.Add(new AdapterExportCommand());
        Subcommands.Add(new AdapterImportCommand());
    }
}
