using System.Text.Json;
using Radapt.Adaptation.Files;
using Radapt.Imaging;
using Radapt.Runs;

namespace Radapt.Export;

/// <summary>
/// What a program needs beside an ONNX model to say what <c>radapt predict</c> says, as texts in the model's metadata: how images are
/// prepared, the findings, and how their logits are calibrated and decided.
/// </summary>
internal static class OnnxMetadata
{
    /// <summary>The products of the model: <c>float32</c> or <c>int8</c>.</summary>
    public const string Products = "radapt.products";

    /// <summary>How an image becomes an input, in words.</summary>
    public const string Preparation = "radapt.preparation";

    /// <summary>Calibration, thresholds and conformal limits, as in <c>decisions.json</c> of the run.</summary>
    public const string Decisions = "radapt.decisions";

    /// <summary>The model card.</summary>
    public const string Card = "radapt." + AdapterDescription.CardKey;

    private const string EightBitNote =
        "The products of this file have 8 bits; figures, calibration and thresholds are those of the float32 model.";

    /// <summary>All entries.</summary>
    /// <param name="adapter">The adapter that was exported; its card is that of the model.</param>
    /// <param name="rules">How its logits are read; null: it has no such rules.</param>
    /// <param name="isEightBit">The products of the blocks are of 8-bit integers.</param>
    public static IEnumerable<KeyValuePair<string, string>> Create(AdapterDescription adapter, DecisionRules? rules, bool isEightBit) =>
    [
        // The names of the files that the model came from are nobody else's business.
        .. adapter.ToForeignMetadata().Where(m => m.Key != "format").OrderBy(m => m.Key, StringComparer.Ordinal),
        KeyValuePair.Create("findings", JsonSerializer.Serialize(adapter.Findings)),
        KeyValuePair.Create(Products, isEightBit ? "int8" : "float32"),
        KeyValuePair.Create(Preparation, Describe(adapter.Preprocessing)),
        .. adapter.Card is not { } card ? []
            : new[] { KeyValuePair.Create(Card, (isEightBit ? card with { Notes = [.. card.Notes, EightBitNote] } : card).ToJson()) },
        .. rules is null ? [] : new[] { KeyValuePair.Create(Decisions, rules.ToJson()) },
    ];

    /// <summary>How an image becomes an input of the model, for people.</summary>
    public static string Describe(Preprocessing p) => FormattableString.Invariant(
        $"gray levels 0 to 255; shorter side to {p.Resize} pixels (bicubic, antialias, rounded to whole levels), the longer one in proportion and truncated; centre {p.ImageSize} x {p.ImageSize}{(p.Resize < p.ImageSize ? ", padded with black" : "")}; divided by 255; minus {p.Mean}; divided by {p.Std}");
}
