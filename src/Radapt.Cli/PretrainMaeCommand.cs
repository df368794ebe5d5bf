using System.CommandLine;
using Radapt.Pretraining;

namespace Radapt.Cli;

/// <summary><c>radapt pretrain mae</c>: masked autoencoding of unlabelled images.</summary>
internal sealed class PretrainMaeCommand : PretrainMaskedCommand
{
    public PretrainMaeCommand(CancellationToken interrupted)
        : base("mae", "Pre-train a vision transformer as a masked autoencoder (He et al. 2022): it learns to predict hidden patches of "
            + "unlabelled images. Writes a run folder that finetune --weights takes.",
            PretrainingRecipe.MaeCatalogue, Images(), interrupted)
    {
    }

    public override IReadOnlyList<(string Line, string What)> Examples { get; } =
    [
        ("radapt pretrain mae archive --out runs/mae", "A ViT-B/16 from random weights on the radiographs of a folder:"),
        ("radapt pretrain mae archive --weights mae_pretrain_vit_base.pth --out runs/mae", "Go on from weights of photographs:"),
        ("radapt pretrain mae archive 'more/**/*.png' --backbone vit_small_patch16_224 --image-size 128 --exclude test.csv "
            + "--probe labels.csv --out runs/mae",
            "A small backbone, without the images of a test set, and with a measure of how useful it is:"),
        ("radapt finetune --data labels.csv --weights runs/mae --out runs/first", "Fine-tune what was pre-trained:"),
        ("radapt pretrain mae --resume --out runs/mae", "Resume after an interruption:"),
    ];

    private static Argument<string[]> Images() => new("images")
    {
        HelpName = "IMAGES...",
        Description = "Image files, folders (PNG, JPEG and DICOM at any depth, whatever the names), or patterns such as 'scans/**/*.png'. "
            + "Labels are not needed.",
        Arity = ArgumentArity.ZeroOrMore,
    };
}
