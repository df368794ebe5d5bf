namespace Radapt.Models.Published;

/// <content>Weights that learned from radiographs.</content>
internal sealed partial record PublishedWeights
{
    private const string RadDinoCard = "the model card: for research only, not for clinical practice";

    private static BackboneShape Vit(string name, int imageSize) => BackboneShape.FromName(name)! with { ImageSize = imageSize };

    private static IEnumerable<PublishedWeights> Radiographs =>
    [
        new("mrm", "MRM ViT-B/16")
        {
            Training = "MIMIC-CXR: masked images and masked words of their reports, starting from ImageNet MAE",
            Shape = Vit("vit_base_patch16_224", 224),
            Millions = 86,
            File = "MRM.pth",
            FileSize = NotChecked,
            Licence = "MIT (the repository's)",
            Limits = "none stated",
            Page = "https://github.com/RL4M/MRM-pytorch",
            Paper = "https://openreview.net/forum?id=w-x7U26GM7j",
            Normalisation = "mean 0.4978, deviation 0.2449; Radapt takes them where the report decoder is in the file, else give --dialect mrm",
            Dialect = "mrm",
            GoodFor = "findings on chest X-rays with few labels; the recipes mrm-* are made for it",
            CheckedAgainst = "README.md, LICENSE and main_pretrain.py of RL4M/MRM-pytorch",
            Unchecked = "file size; whether the linked file still holds the report decoder",
        },
        MedicalMae("base", "B", 86, "0.5 million chest X-rays (CheXpert, NIH ChestX-ray14, MIMIC-CXR)",
            "findings on chest X-rays; pixels only, no reports"),
        MedicalMae("small", "S", 22, "0.3 million chest X-rays (CheXpert, NIH ChestX-ray14)",
            "the same in about a quarter of the time of a ViT-B"),
        new("rad-dino", "RAD-DINO ViT-B/14")
        {
            Training = "chest X-rays from three countries: DINOv2, starting from its ViT-B/14",
            Shape = Vit("vit_base_patch14_dinov2", 518),
            Millions = 87,
            File = "rad-dino",
            FileSize = "346 MB (model.safetensors)",
            Licence = "MIT (earlier versions: MSRLA)",
            Limits = RadDinoCard,
            Page = "https://huggingface.co/microsoft/rad-dino",
            Paper = "https://arxiv.org/abs/2401.10815",
            Normalisation = "stated in preprocessor_config.json, which must be in the folder",
            Dialect = "hf-dinov2",
            GoodFor = "linear probes and LoRA on chest X-rays; 518 px see small findings and take about five times as long as 224",
            CheckedAgainst = "file list, licence history and model card of the page (card of a copy where the page's was older)",
            Unchecked = "numbers in preprocessor_config.json",
        },
        new("rad-dino-maira-2", "RAD-DINO-MAIRA-2 ViT-B/14")
        {
            Training = "the same with more data; the image encoder of MAIRA-2",
            Shape = Vit("vit_base_patch14_dinov2", 518),
            Millions = 87,
            File = "rad-dino-maira-2",
            FileSize = "346 MB (computed from its config.json)",
            Licence = "MSRLA (Microsoft Research License Agreement)",
            Limits = $"research only by the licence's name; {RadDinoCard}",
            Page = "https://huggingface.co/microsoft/rad-dino-maira-2",
            Paper = "https://arxiv.org/abs/2406.04449",
            Normalisation = "stated in preprocessor_config.json, which must be in the folder",
            Dialect = "hf-dinov2",
            GoodFor = "as rad-dino",
            CheckedAgainst = "config.json as committed and the model card (a copy of it)",
            Unchecked = "the licence's text; numbers in preprocessor_config.json",
        },
        new("dinov2-xray", "dinov2-base-xray-224 ViT-B/14")
        {
            Training = "X-rays: DINOv2 at 224 px",
            Shape = Vit("vit_base_patch14_dinov2", 224),
            Millions = 86,
            File = "dinov2-base-xray-224",
            FileSize = "343 MB (model.safetensors)",
            Licence = "Apache-2.0 (tag of the page)",
            Limits = "none stated",
            Page = "https://huggingface.co/StanfordAIMI/dinov2-base-xray-224",
            Paper = NotChecked,
            Normalisation = "stated in preprocessor_config.json, which must be in the folder",
            Dialect = "hf-dinov2",
            GoodFor = "as rad-dino in about a fifth of the time",
            CheckedAgainst = "file list and tags of the page",
            Unchecked = "the model card; the training data; the paper",
        },
        new("cxformer-base", "CXformer ViT-B/14 with registers")
        {
            Training = "more than 600 thousand frontal chest X-rays of five data sets: DINOv2 with registers",
            Shape = Vit("vit_base_patch14_reg4_dinov2", 518),
            Millions = 87,
            File = "CXformer-base",
            FileSize = NotChecked,
            Licence = "CC BY-NC 4.0",
            Limits = "no commercial use; the model card limits it to research",
            Page = "https://huggingface.co/m42-health/CXformer-base",
            Paper = "Empirical Analysis of Scaling Vision Foundation Models for Chest X-rays (MIDL 2025)",
            Normalisation = "stated in preprocessor_config.json, which must be in the folder",
            Dialect = "hf-dinov2",
            GoodFor = "as rad-dino",
            CheckedAgainst = "the model card",
            Unchecked = "config.json (image size, heads), tensor names, file size",
        },
        new("chexfound", "CheXFound ViT-L/16")
        {
            Training = "about a million chest X-rays of twelve public data sets: DINOv2's code at 512 px",
            Shape = new BackboneShape(512, 16, 24, 1024, 16) { LayerScale = true },
            Millions = 304,
            File = "teacher_checkpoint.pth",
            FileSize = "1.22 GB (model.safetensors of the Hugging Face page)",
            Licence = "Apache-2.0 (tag of the Hugging Face page)",
            Limits = "none stated",
            Page = "https://github.com/RPIDIAL/CheXFound",
            Paper = "https://arxiv.org/abs/2502.05142",
            Normalisation = $"the publisher's: {NotChecked}; Radapt takes the paper's 0.4785 and 0.2834",
            Dialect = "dinov2",
            GoodFor = "many findings, small ones too; large and slow on a CPU",
            CheckedAgainst = "README.md of two copies of the repository, the paper's abstract, https://huggingface.co/DIAL-RPI/CheXFound",
            Unchecked = "registers and kind of feed-forward (Radapt reads them off the tensors); tensor names in model.safetensors",
        },
        .. Eva(),
    ];

    private static PublishedWeights MedicalMae(string size, string letter, double millions, string images, string goodFor) =>
        new($"mae-cxr-{size}", $"Medical MAE ViT-{letter}/16")
        {
            Training = $"{images}: MAE, 90 % masked",
            Shape = Vit($"vit_{size}_patch16_224", 224),
            Millions = millions,
            File = $"mae-cxr-{size}.pth",
            FileSize = NotChecked,
            Licence = "none found in the repository",
            Limits = "not stated; ask the authors",
            Page = "https://github.com/lambert-x/medical_mae",
            Paper = "https://arxiv.org/abs/2210.12843",
            Normalisation = "mean 0.5056, deviation 0.252 in the authors' fine-tuning",
            Dialect = "mae",
            GoodFor = goodFor,
            Options = "--mean 0.5056 --std 0.252",
            CheckedAgainst = "README.md, PRETRAIN.md, models_mae.py and util/datasets.py of lambert-x/medical_mae",
            Unchecked = "the file's own name and size",
        };

    private static IEnumerable<PublishedWeights> Eva() =>
        from model in ((string Letters, string Size, double Millions, string FileSize)[])
        [
            ("Ti", "tiny", 6, "79.5 MB"), ("S", "small", 22, "308 MB"), ("B", "base", 86, "1.21 GB"),
        ]
        let plain = Vit($"vit_{model.Size}_patch16_224", 224)
        select new PublishedWeights($"eva-x-{model.Size}", $"EVA-X-{model.Letters} (ViT-{model.Letters}/16)")
        {
            Training = "520 thousand chest X-rays: masked image modelling as in EVA-02",
            Shape = plain with
            {
                Positions = PatchPositions.LearnedAndRotary,
                SwiGlu = true,
                HiddenWidth = plain.Width * 8 / 3,
                HiddenNorm = model.Size == "base",
            },
            Millions = model.Millions,
            File = $"eva_x_{model.Size}_patch16_merged520k_mim.pt",
            FileSize = model.FileSize,
            Licence = "MIT",
            Limits = "none stated",
            Page = "https://huggingface.co/MapleF/eva_x",
            Paper = "https://arxiv.org/abs/2405.05237",
            Normalisation = "mean 0.4919, deviation 0.2851 in the authors' fine-tuning, which Radapt takes",
            Dialect = "eva",
            GoodFor = model.Size == "base" ? "findings on chest X-rays" : "findings on chest X-rays with little time",
            CheckedAgainst = "README.md, eva_x.py, models_eva.py and utils/datasets.py of hustvl/EVA-X, rope.py of baaivision/EVA, the page's file list",
            Unchecked = "the grid of the rotary table in the file (Radapt compares it, and refuses another than 14 x 14)",
        };
}
