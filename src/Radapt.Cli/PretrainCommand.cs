using System.CommandLine;

namespace Radapt.Cli;

/// <summary><c>radapt pretrain</c>: a backbone from images without findings.</summary>
internal sealed class PretrainCommand : Command
{
    public PretrainCommand(CancellationToken interrupted)
        : base("pretrain", "Pre-train a backbone on images without labels, for finetune --weights.")
    {
        Subcommands.Add(new PretrainMaeCommand(interrupted));
        Subcommands.Add(new PretrainMrmCommand(interrupted));
    }
}
