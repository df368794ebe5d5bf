using System.Globalization;
using System.Text.Json;
using Radapt.Datasets;
using Radapt.Datasets.Matching;
using Radapt.Imaging;
using Radapt.Models;

namespace Radapt.Adaptation.Files;

/// <summary>
/// What an adapter file says about itself in its metadata: everything needed to rebuild the classifier around its tensors and to
/// prepare images for it, so that prediction needs neither recipe nor data.
/// </summary>
public sealed record AdapterDescription
{
    /// <summary>Value of the metadata key <c>format</c>.</summary>
    public const string Format = "radapt-adapter/1";

    /// <summary>The metadata key of the model card.</summary>
    internal const string CardKey = "card";

    private const string ForeignPrefix = "radapt.";

    private static readonly JsonSerializerOptions s_json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>The method and its options.</summary>
    public required MethodOptions Method { get; init; }

    /// <summary>Dimensions of the backbone.</summary>
    public required BackboneShape Backbone { get; init; }

    /// <summary>What the head reads.</summary>
    public required Pooling Pooling { get; init; }

    /// <summary>Findings, in the order of the head's outputs.</summary>
    public required IReadOnlyList<string> Findings { get; init; }

    /// <summary>The evaluation transform of the images.</summary>
    public required Preprocessing Preprocessing { get; init; }

    /// <summary>The base weights' file or run folder when it was trained; null for random weights.</summary>
    public string? BaseWeights { get; init; }

    /// <summary>Hash of the base weights' canonical tensors; <c>scratch:SEED</c> for random ones.</summary>
    public required string BaseSha256 { get; init; }

    /// <summary>What the base weights were recognised as.</summary>
    public string BaseDescription { get; init; } = "";

    /// <summary>Licence of the base weights where their file says it.</summary>
    public string? BaseLicence { get; init; }

    /// <summary>
    /// How positions of the base weights are resized where it is not by the rule of models of the backbone's shape: the weights are timm's.
    /// </summary>
    internal PositionResizing? BaseResizing { get; init; }

    /// <summary>Which images it may be asked about; null: the file is older than these rules.</summary>
    internal AcceptedImages? Accepts { get; init; }

    /// <summary>The runs whose mean it is; null: it is one run.</summary>
    internal IReadOnlyList<SoupPart>? Soup { get; init; }

    /// <summary>The adapters whose weighted mean it is; null: it is not one.</summary>
    internal IReadOnlyList<AveragedPart>? Averaged { get; init; }

    /// <summary>What was measured of it; null: an older version wrote the file, or nobody has measured what is in it.</summary>
    internal AdapterCard? Card { get; init; }

    /// <summary>Seed of the base weights where they are random.</summary>
    public long Seed { get; init; }

    /// <summary>
    /// The description for a file of another program's format, whose readers want <c>format</c> to be <c>pt</c>: every key prefixed.
    /// Without the place of the base weights, which is nobody else's business, and without the card: other programs change tensors and keep
    /// the metadata.
    /// </summary>
    internal IReadOnlyDictionary<string, string> ToForeignMetadata() =>
        (this with
        {
            BaseWeights = BaseWeights is { } path ? Path.GetFileName(Path.TrimEndingDirectorySeparator(path)) : null,
            Card = null,
        }).ToMetadata()
            .Select(m => KeyValuePair.Create(ForeignPrefix + m.Key, m.Value)).Append(KeyValuePair.Create("format", "pt")).ToDictionary();

    /// <summary>What <see cref="ToForeignMetadata"/> wrote; null where a file has nothing of it.</summary>
    internal static AdapterDescription? FromForeignFile(IReadOnlyDictionary<string, string> metadata, string file) =>
        metadata.ContainsKey(ForeignPrefix + "format")
        ? FromMetadata(metadata.Where(m => m.Key.StartsWith(ForeignPrefix, StringComparison.Ordinal) && m.Key != ForeignPrefix + CardKey)
            .ToDictionary(m => m.Key[ForeignPrefix.Length..], m => m.Value), file)
        : null;

    internal IReadOnlyDictionary<string, string> ToMetadata()
    {
        var metadata = new Dictionary<string, string>
        {
            ["format"] = Format,
            ["method"] = Method.Name,
            ["findings"] = JsonSerializer.Serialize(Findings, s_json),
            ["pooling"] = Pooling.ToString(),
            ["backbone"] = BackboneShapeJson.Write(Backbone),
            ["preprocessing"] = JsonSerializer.Serialize(Preprocessing, s_json),
            ["base_sha256"] = BaseSha256,
            ["base_description"] = BaseDescription,
            ["seed"] = Seed.ToString(CultureInfo.InvariantCulture),
        };
        if (BaseWeights is not null)
        {
            metadata["base_weights"] = BaseWeights;
        }

        if (BaseResizing is { } resizing)
        {
            metadata["base_positions"] = resizing.ToString();
        }

        if (Accepts is not null)
        {
            metadata["accepts"] = JsonSerializer.Serialize(Accepts, s_json);
        }

        if (Soup is not null)
        {
            metadata["soup"] = JsonSerializer.Serialize(Soup, s_json);
        }

        if (Averaged is not null)
        {
            metadata["averaged"] = JsonSerializer.Serialize(Averaged, s_json);
        }

        if (Card is not null)
        {
            metadata[CardKey] = Card.ToJson();
        }

        if (BaseLicence is not null)
        {
            metadata["base_licence"] = BaseLicence;
        }

        MethodMetadata.Write(Method, metadata);
        return metadata;
    }

    /// <exception cref="RadaptException">The metadata is not that of an adapter.</exception>
    internal static AdapterDescription FromMetadata(IReadOnlyDictionary<string, string> metadata, string file)
    {
        if (metadata.GetValueOrDefault("format") != Format)
        {
            throw new RadaptException(
                $"{file}: this is not a Radapt adapter (no '{Format}' in its metadata). Give a run folder or its adapter.safetensors.");
        }

        try
        {
            AdaptationMethod method = AdaptationMethod.All.FirstOrDefault(m => m.Name == metadata["method"])
                ?? throw new FormatException($"method '{metadata["method"]}' is unknown to this version");
            var description = new AdapterDescription
            {
                Method = MethodMetadata.Read(method, metadata),
                Findings = Json<string[]>("findings"),
                Pooling = Enum.Parse<Pooling>(metadata["pooling"]),
                Backbone = BackboneShapeJson.Read(metadata["backbone"]) ?? throw new FormatException("dimensions out of range"),
                Preprocessing = Json<Preprocessing>("preprocessing"),
                BaseSha256 = metadata["base_sha256"],
                BaseDescription = metadata["base_description"],
                BaseWeights = metadata.GetValueOrDefault("base_weights"),
                BaseResizing = metadata.TryGetValue("base_positions", out string? resizing) ? Enum.Parse<PositionResizing>(resizing) : null,
                BaseLicence = metadata.GetValueOrDefault("base_licence"),
                Accepts = metadata.ContainsKey("accepts") ? Json<AcceptedImages>("accepts") : null,
                Soup = metadata.ContainsKey("soup") ? Json<SoupPart[]>("soup") : null,
                Averaged = metadata.ContainsKey("averaged") ? Json<AveragedPart[]>("averaged") : null,
                Seed = long.Parse(metadata["seed"], CultureInfo.InvariantCulture),
            };
            return Problem(description) is { } problem ? throw new FormatException(problem)
                : !metadata.TryGetValue(CardKey, out string? card) ? description
                : description with { Card = AdapterCard.Parse(card, description.Findings) };
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or FormatException or IndexOutOfRangeException
            or ArgumentException or OverflowException)
        {
            throw new RadaptException(
                $"{file}: the adapter's metadata is damaged ({e.Message}). Copy the file from its run folder again.", e);
        }

        string? Problem(AdapterDescription read) =>
            read.Method.Definition.Problem(read.Method, read.Backbone) is { } problem
                ? $"{problem.Option}: {problem.Text.TrimEnd('.')}"
            : read.Findings.Count == 0 || read.Findings.Any(string.IsNullOrWhiteSpace)
                || read.Findings.Distinct().Count() < read.Findings.Count ? "findings are missing, without a name, or named twice"
            : read.BaseResizing is { } rule && !Enum.IsDefined(rule) ? "base_positions is unknown to this version"
            : read.Accepts is { } accepts && (accepts.BodyParts is null || accepts.Views is not { Count: > 0 } views
                || views.Any(v => !ViewFilter.Names.Contains(v, StringComparer.OrdinalIgnoreCase))) ? "the rules for images are damaged"
            : !Enum.IsDefined(read.Pooling) ? "pooling is unknown to this version"
            : read.Preprocessing.IsSound && read.Preprocessing.ImageSize == read.Backbone.ImageSize ? null
            : "the preprocessing is out of range or does not fit the backbone's image size";

        T Json<T>(string key) => JsonSerializer.Deserialize<T>(metadata[key], s_json) ?? throw new JsonException(key + " is null");
    }
}
