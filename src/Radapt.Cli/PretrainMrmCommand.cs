using System.CommandLine;
using Radapt.Pretraining;

namespace Radapt.Cli;

/// <summary><c>radapt pretrain mrm</c>: masked record modelling of images with reports.</summary>
internal sealed class PretrainMrmCommand : PretrainMaskedCommand
{
    public PretrainMrmCommand(CancellationToken interrupted)
        : base("mrm", "Pre-train a vision transformer by masked record modelling (Zhou et al. 2023): it learns to predict hidden patches "
            + "of images and, together with them, hidden words of their reports. Writes a run folder that finetune --weights takes.",
            PretrainingRecipe.MrmCatalogue, Table(), interrupted)
    {
    }

    public override IReadOnlyList<(string Line, string What)> Examples { get; } =
    [
        ("radapt pretrain mrm training.csv --image-root MIMIC --vocabulary mimic_wordpiece.json --weights mae_pretrain_vit_base.pth "
            + "--out runs/mrm", "A ViT-B/16 as MRM was trained, from weights of photographs:"),
        ("radapt pretrain mrm reports.csv --backbone vit_small_patch16_224 --image-size 128 --out runs/mrm",
            "A small backbone, with word pieces learned from the reports:"),
        ("radapt finetune --data labels.csv --weights runs/mrm --out runs/first", "Fine-tune what was pre-trained:"),
        ("radapt pretrain mrm --resume --out runs/mrm", "Resume after an interruption:"),
    ];

    private static Argument<string[]> Table() => new("reports")
    {
        HelpName = "REPORTS",
        Description = "Table (CSV) of images and their reports, with the columns image and report, or image_path and report_content. A "
            + "column patient keeps a patient's images together; with a column split, val is held out and test is left out.",
        Arity = ArgumentArity.ZeroOrMore, // an array of one cannot be parsed otherwise
    };
}
