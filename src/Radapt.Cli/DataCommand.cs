using System.CommandLine;

namespace Radapt.Cli;

/// <summary><c>radapt data</c>: everything about images before a training.</summary>
internal sealed class DataCommand : Command
{
    public DataCommand(CancellationToken interrupted)
        : base("data", "Check, split and preview training images, and make synthetic ones.")
    {
        Subcommands.Add(new DataCheckCommand(interrupted));
        Subcommands.Add(new DataSplitCommand(interrupted));
        Subcommands.Add(new DataPreviewCommand());
        Subcommands.Add(new DataPhantomsCommand(interrupted));
    }
}
