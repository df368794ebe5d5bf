using System.Text.Json;
using System.Text.Json.Serialization;
using Radapt.Metrics;

namespace Radapt.Adaptation.Files;

/// <summary>
/// The model card in an adapter file: what somebody needs to know who is handed it, beyond what <see cref="AdapterDescription"/> says.
/// Counts and figures of whole parts of the data; no image, no patient and no path. Finetune writes it once the run is measured.
/// </summary>
internal sealed record AdapterCard
{
    /// <summary>The schema that this version writes.</summary>
    public const int CurrentSchema = 1;

    private const int LongestText = 1 << 20; // of the whole card: a thousand findings take half of it
    private const int LongestWord = 1000;
    private const int MostParts = 16;

    private static readonly JsonSerializerOptions s_json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower, allowIntegerValues: false) },
        MaxDepth = 16,
        AllowDuplicateProperties = false,
        RespectNullableAnnotations = true,
    };

    /// <summary>What no adapter of Radapt is for.</summary>
    public static IReadOnlyList<string> NeverFor { get; } =
    [
        "Clinical decisions: it is research software, not a medical device.",
        "Images that are not of the kind it was trained on.",
        "Findings that are not in its list.",
    ];

    /// <summary>Number of the schema.</summary>
    public int Schema { get; init; } = CurrentSchema;

    /// <summary>Version of Radapt that trained it.</summary>
    public required string Radapt { get; init; }

    /// <summary>The method that trained it, with its options.</summary>
    public required string Method { get; init; }

    /// <summary>Trained parameters.</summary>
    public required long TrainedParameters { get; init; }

    /// <summary>Parameters of model, head and adapters.</summary>
    public required long Parameters { get; init; }

    /// <summary>The images by part of the data: train, val, test.</summary>
    public required IReadOnlyDictionary<string, CardPart> Data { get; init; }

    /// <summary>The part whose images gave the figures; those of val chose the epoch, too, so they are a little too good.</summary>
    public required string FiguresOf { get; init; }

    /// <summary>Mean AUROC over the findings; null: undefined.</summary>
    public CardFigure? MeanAuroc { get; init; }

    /// <summary>Every finding of the adapter, in its order.</summary>
    public required IReadOnlyList<CardFinding> Findings { get; init; }

    /// <summary>What calibration, thresholds and conformal limits were fitted on, in words; null: they were not fitted.</summary>
    public string? FittedOn { get; init; }

    /// <summary>What it must not be used for.</summary>
    public IReadOnlyList<string> NotFor { get; init; } = NeverFor;

    /// <summary>What was done to the model since.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>The card as the metadata has it.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, s_json);

    /// <summary>Reads a card, which may be anything.</summary>
    /// <param name="text">The metadata's text.</param>
    /// <param name="findings">The findings of the adapter.</param>
    /// <exception cref="FormatException">It is too long, damaged, out of range, or of another adapter; the message is a clause.</exception>
    public static AdapterCard Parse(string text, IReadOnlyList<string> findings)
    {
        if (text.Length > LongestText)
        {
            throw new FormatException($"the model card has {text.Length:N0} characters, and at most {LongestText:N0} are read");
        }

        AdapterCard? card;
        try
        {
            card = JsonSerializer.Deserialize<AdapterCard>(text, s_json);
        }
        catch (JsonException e)
        {
            throw new FormatException("the model card is not one that radapt writes", e);
        }

        return card is null ? throw new FormatException("the model card is empty")
            : card.Schema != CurrentSchema
            ? throw new FormatException($"the model card has schema {card.Schema}, which is unknown to this version")
            : card.Problem(findings) is { } problem ? throw new FormatException("the model card " + problem) : card;
    }

    private string? Problem(IReadOnlyList<string> findings) =>
        Findings.Contains(null!) || NotFor.Contains(null!) || Notes.Contains(null!) || Data.Values.Contains(null!) ? "has an empty entry"
        : !Findings.Select(f => f.Name).SequenceEqual(findings) ? "is that of another adapter: its findings are others"
        : Data.Count > MostParts || NotFor.Count > MostParts || Notes.Count > MostParts ? "has too many entries"
        : Words().Any(w => w.Length > LongestWord) ? "has an entry that is too long"
        : TrainedParameters < 0 || Parameters < TrainedParameters || Data.Values.Any(p => !p.IsSound) || MeanAuroc?.IsSound == false
            || Findings.Any(f => !f.IsSound) ? "has numbers that are out of range"
        : null;

    private IEnumerable<string> Words() =>
        [Radapt, Method, FiguresOf, FittedOn ?? "", .. NotFor, .. Notes, .. Data.Keys, .. Findings.Select(f => f.Missing ?? "")];
}

/// <summary>A part of the data.</summary>
/// <param name="Images">Images.</param>
/// <param name="Patients">Patients; null: unknown.</param>
/// <param name="Positives">Images labelled 1, by finding in the adapter's order.</param>
/// <param name="Negatives">Images labelled 0.</param>
internal sealed record CardPart(int Images, int? Patients, IReadOnlyList<int> Positives, IReadOnlyList<int> Negatives)
{
    /// <summary>Whether these can be counts.</summary>
    [JsonIgnore]
    public bool IsSound => Images >= 0 && Patients is null or >= 0 && Positives.Concat(Negatives).All(c => c >= 0 && c <= Images);
}

/// <summary>A figure between 0 and 1 with its 95 % interval.</summary>
/// <param name="Value">The figure.</param>
/// <param name="Lower">Lower end; null: the interval is refused or not known.</param>
/// <param name="Upper">Upper end.</param>
internal sealed record CardFigure(double Value, double? Lower, double? Upper)
{
    /// <summary>Whether it can be a figure.</summary>
    [JsonIgnore]
    public bool IsSound => new[] { Value, Lower ?? 0, Upper ?? 0 }.All(v => v is >= 0 and <= 1);
}

/// <summary>A finding.</summary>
/// <param name="Name">Its name.</param>
internal sealed record CardFinding(string Name)
{
    /// <summary>AUROC; null: undefined, since a class is missing.</summary>
    public CardFigure? Auroc { get; init; }

    /// <summary>Average precision; null as for <see cref="Auroc"/>.</summary>
    public CardFigure? AveragePrecision { get; init; }

    /// <summary>Expected calibration error before <see cref="Scaling"/>; null: not known.</summary>
    public double? CalibrationError { get; init; }

    /// <summary>Calibrates logits; null: not fitted.</summary>
    public LogitScaling? Scaling { get; init; }

    /// <summary>Logits from which an image is called positive.</summary>
    public IReadOnlyDictionary<ThresholdRule, double> Thresholds { get; init; } = new Dictionary<ThresholdRule, double>();

    /// <summary>Which answers are plausible; null: not fitted.</summary>
    public ConformalSets? Sets { get; init; }

    /// <summary>Why it has no interval, calibration or thresholds; null: it has them.</summary>
    public string? Missing { get; init; }

    /// <summary>Whether these can be its numbers.</summary>
    [JsonIgnore]
    public bool IsSound => Auroc?.IsSound != false && AveragePrecision?.IsSound != false && CalibrationError is null or (>= 0 and <= 1)
        && (Scaling is null || (double.IsFinite(Scaling.Intercept) && double.IsFinite(Scaling.Slope) && Scaling.Slope > 0))
        && Thresholds.Values.All(double.IsFinite)
        && (Sets is null || (Sets.Alpha is > 0 and < 1 && double.IsFinite(Sets.PositiveFrom) && double.IsFinite(Sets.NegativeUpTo)));
}
