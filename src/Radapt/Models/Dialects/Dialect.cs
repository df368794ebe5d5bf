namespace Radapt.Models.Dialects;

/// <summary>Whose tensor names a file uses.</summary>
internal enum Dialect
{
    /// <summary>No vision transformer that Radapt knows.</summary>
    Unknown,

    /// <summary>A masked autoencoder with its decoder.</summary>
    Mae,

    /// <summary>Masked record modelling: the same encoder, an image decoder and a report decoder.</summary>
    Mrm,

    /// <summary>timm's names with a classification head, as fine-tuning leaves them too.</summary>
    Timm,

    /// <summary>An encoder in the names that timm and MAE share; the file does not tell whose.</summary>
    PlainEncoder,

    /// <summary>MED-PEFT's fine-tuned classifier with unmerged LoRA on <c>attn.qkv</c>.</summary>
    MedPeftLora,

    /// <summary>Written by Radapt: an adapter, or merged weights.</summary>
    Radapt,

    /// <summary>A LoRA adapter in Hugging Face PEFT's format.</summary>
    PeftAdapter,

    /// <summary>facebookresearch/dinov2, released backbones and training checkpoints.</summary>
    Dinov2,

    /// <summary>DINOv2 in timm's names.</summary>
    TimmDinov2,

    /// <summary>ViT or ViTMAE of Hugging Face transformers.</summary>
    HuggingFaceVit,

    /// <summary>Dinov2 of Hugging Face transformers, with or without registers.</summary>
    HuggingFaceDinov2,

    /// <summary>facebookresearch/dinov3.</summary>
    Dinov3,

    /// <summary>DINOv3 of Hugging Face transformers.</summary>
    HuggingFaceDinov3,

    /// <summary>EVA-02 and EVA-X.</summary>
    Eva,
}
