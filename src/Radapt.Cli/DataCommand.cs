using System.CommandLine;

namespace Radapt.Cli;

/// <summary><c>radapt data</c>: everything about images before a training.</summary>
internal sealed class DataCommand : Command
{
    public DataCommand(CancellationToken interrupted)
        : base("data", "Look at the images of a training, and make synthetic ones.")
    {
        Subcommands.Add(new DataPreviewCommand());
        Subcommands.Add(new DataPhantomsCommand(interrupted));
    }
}
