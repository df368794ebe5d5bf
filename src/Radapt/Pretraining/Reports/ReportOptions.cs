using Radapt.Options;

namespace Radapt.Pretraining.Reports;

/// <summary>Where reports come from, how they become word pieces, and what predicts these.</summary>
internal sealed record ReportOptions
{
    /// <summary>The table of images and reports.</summary>
    [Option("reports", "Table (CSV) of images and their reports, with the columns image and report, or image_path and report_content. "
        + "Columns patient and split are used where there are any.", ValueName = "FILE", IsPath = true, MayChangeOnResume = true)]
    public string? Reports { get; init; }

    /// <summary>The vocabulary of word pieces; null: it is learned.</summary>
    [Option("vocabulary", "Word pieces: a list with one piece a line, or the JSON of a Hugging Face WordPiece tokenizer.",
        ValueName = "FILE", IsPath = true, MayChangeOnResume = true, Default = "learned from the reports")]
    public string? Vocabulary { get; init; }

    /// <summary>Most word pieces that are learned.</summary>
    [Option("vocabulary-size", "Most word pieces to learn, where no vocabulary is given.", Min = 10, Max = 1_000_000, Reason = "MRM's")]
    public int VocabularySize { get; init; } = 30_000;

    /// <summary>Positions of a report.</summary>
    [Option("report-length", "Word pieces per report; longer reports are cut off, shorter ones padded.", Min = 2, Max = 4096,
        Reason = "MRM's")]
    public int Length { get; init; } = ReportDecoderShape.MrmPositions;

    /// <summary>Which positions count.</summary>
    [Option("report-loss", "Positions of a report whose prediction counts: all, padding included, or only masked words.", Reason = "MRM's")]
    public ReportLoss Loss { get; init; }

    /// <summary>Dropout of the report decoder.</summary>
    [Option("report-dropout", "Dropout in the report decoder.", Min = 0, Max = 1, MaxIsExcluded = true, Reason = "MRM's")]
    public double Dropout { get; init; } = 0.1;

    /// <summary>Channels of a token of the report decoder.</summary>
    [Option("report-width", "Channels per token of the report decoder.", Min = 1, Max = 65536,
        Default = "384 as in MRM for encoders from ViT-B on; half of a smaller encoder's width",
        ChosenFrom = ["width", "backbone", "weights"])]
    public required int Width { get; init; }

    /// <summary>Layers of the report decoder.</summary>
    [Option("report-depth", "Layers of the report decoder.", Min = 1, Max = 1024,
        Default = "6 as in MRM for encoders from ViT-B on; half of a smaller encoder's depth",
        ChosenFrom = ["depth", "backbone", "weights"])]
    public required int Depth { get; init; }

    /// <summary>Attention heads of the report decoder.</summary>
    [Option("report-heads", "Attention heads of the report decoder.", Min = 1, Max = 1024,
        Default = "6 as in MRM for encoders from ViT-B on; one per 32 channels beside a smaller encoder",
        ChosenFrom = ["report-width", "backbone", "weights"])]
    public required int Heads { get; init; }

    /// <summary>Dimensions of the report decoder.</summary>
    public ReportDecoderShape Decoder(int pieces) => new(pieces, Width, Depth, Heads, Length) { Dropout = Dropout };
}

/// <summary>Which positions of a report count in the loss.</summary>
internal enum ReportLoss
{
    /// <summary>All, padding included.</summary>
    All,

    /// <summary>Masked words.</summary>
    Masked,
}
