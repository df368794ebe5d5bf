namespace Radapt.Models.Published;

/// <content>Weights that learned from photographs.</content>
internal sealed partial record PublishedWeights
{
    private const string DinoFiles = "https://dl.fbaipublicfiles.com/dinov2";

    private static IEnumerable<PublishedWeights> Photographs =>
    [
        Mae("mae-base", "Base", "vit_base_patch16_224", 86, "343 MB (of an upload by others)", "8cad7c"),
        Mae("mae-large", "Large", "vit_large_patch16_224", 303, NotChecked, "b8b06e"),
        Mae("mae-huge", "Huge", "vit_huge_patch14_224", 631, NotChecked, "9bdbb0"),
        .. Dinov2(),
        .. Dinov3(),
    ];

    private static PublishedWeights Mae(string name, string size, string backbone, double millions, string fileSize, string md5) =>
        new(name, $"MAE ViT-{size}")
        {
            Training = "ImageNet-1k: masked autoencoder",
            Shape = Vit(backbone, 224),
            Millions = millions,
            File = $"mae_pretrain_vit_{size.ToLowerInvariant()}.pth",
            FileSize = fileSize,
            Licence = "CC BY-NC 4.0",
            Limits = "no commercial use",
            Page = "https://github.com/facebookresearch/mae",
            Paper = "https://arxiv.org/abs/2111.06377",
            Checksum = $"MD5 begins with {md5} (README.md)",
            Normalisation = "ImageNet's in pre-training; Radapt takes the paper's 0.4785 and 0.2834",
            Dialect = "vit",
            GoodFor = "comparisons: what radiograph weights gain over photographs",
            CheckedAgainst = "README.md of facebookresearch/mae",
            Unchecked = "the licence's text",
        };

    private static IEnumerable<PublishedWeights> Dinov2() =>
        from model in ((string Letter, string Size, double Millions, string FileSize, string? Sha)[])
        [
            ("s", "small", 22, "88 MB (of uploads by others)", "b938bf1bc15cd2ec0feacfe3a1bb553fe8ea9ca46a7e1d8d00217f29aef60cd9"),
            ("b", "base", 87, "346 MB (of uploads by others)", "0b8b82f85de91b424aded121c7e1dcc2b7bc6d0adeea651bf73a13307fad8c73"),
            ("l", "large", 304, "1.22 GB (of uploads by others)", "d5383ea8f4877b2472eb973e0fd72d557c7da5d3611bd527ceeb1d7162cbf428"),
            ("g", "giant", 1136, NotChecked, null),
        ]
        from registers in (bool[])[false, true]
        let file = $"dinov2_vit{model.Letter}14_{(registers ? "reg4_" : "")}pretrain.pth"
        select new PublishedWeights($"dinov2-{model.Size}{(registers ? "-reg" : "")}",
            $"DINOv2 ViT-{(model.Letter == "g" ? "g" : model.Letter.ToUpperInvariant())}/14{(registers ? " with registers" : "")}")
        {
            Training = "142 million photographs: DINOv2",
            Shape = Vit($"vit_{model.Size}_patch14_{(registers ? "reg4_" : "")}dinov2", 518),
            Millions = model.Millions,
            File = file,
            FileSize = registers ? NotChecked : model.FileSize,
            Licence = "Apache-2.0",
            Limits = "none stated",
            Page = $"{DinoFiles}/dinov2_vit{model.Letter}14/{file}",
            Paper = registers ? "https://arxiv.org/abs/2309.16588" : "https://arxiv.org/abs/2304.07193",
            Checksum = registers || model.Sha is null ? null
                : $"SHA-256 {model.Sha} (of two or more uploads by others that agree; the publisher gives none)",
            Normalisation = "ImageNet's in pre-training; Radapt takes the paper's 0.4785 and 0.2834",
            Dialect = "dinov2",
            GoodFor = "where no radiograph weights may be used: their licence allows commercial use",
            CheckedAgainst = "README.md of facebookresearch/dinov2 (files, parameters), the licence tag of huggingface.co/facebook/dinov2-base",
            Unchecked = registers ? "file size" : "",
        };

    private static IEnumerable<PublishedWeights> Dinov3() =>
        from model in ((string Letters, string Size, double Millions, string FileSize, string Sha)[])
        [
            ("s", "small", 22, "86 MB (timm's file of the same weights)", "08c60483"),
            ("s+", "small-plus", 29, "115 MB (timm's file of the same weights)", "4057cbaa"),
            ("b", "base", 86, NotChecked, "73cec8be"), ("l", "large", 303, "1.21 GB (timm's file of the same weights)", "8aa4cbdd"),
            ("h+", "huge-plus", 841, "3.36 GB (timm's file of the same weights)", "7c1da9a5"),
            ("7b", "7b", 6716, "26.9 GB (of an upload by others)", "a955f4ea"),
        ]
        let architecture = $"vit{model.Letters.TrimEnd('+')}16{(model.Letters.EndsWith('+') ? "plus" : "")}"
        let file = $"dinov3_{architecture}_pretrain_lvd1689m-{model.Sha}.pth"
        select new PublishedWeights($"dinov3-{model.Size}", $"DINOv3 ViT-{model.Letters.ToUpperInvariant()}/16")
        {
            Training = "1,689 million photographs: DINOv3",
            Shape = Vit($"vit_{model.Size.Replace('-', '_')}_patch16_dinov3", 224),
            Millions = model.Millions,
            File = file,
            FileSize = model.FileSize,
            Licence = "DINOv3 License (Meta's own)",
            Limits = "own terms, access on request; read them for your use",
            Page = "https://ai.meta.com/resources/models-and-libraries/dinov3-downloads/",
            Paper = "https://arxiv.org/abs/2508.10104",
            Checksum = $"SHA-256 begins with {model.Sha} (in the file's name)",
            Normalisation = "ImageNet's, over the colours 0.449 and 0.226, which Radapt takes",
            Dialect = "dinov3",
            GoodFor = model.Size == "7b" ? "machines with more than 64 GB of memory, which it was not tried on"
                : "comparisons; images of any size, since positions are computed",
            CheckedAgainst = "README.md, hub/backbones.py and models/vision_transformer.py of facebookresearch/dinov3, dinov3_vit of Hugging Face transformers, timm's model cards",
            Unchecked = "the licence's clauses",
        };
}
