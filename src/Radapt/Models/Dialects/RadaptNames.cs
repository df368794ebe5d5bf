using System.Text.Json;
using System.Text.Json.Nodes;

namespace Radapt.Models.Dialects;

/// <summary>Files that Radapt wrote, known by their metadata: adapters (trained tensors only) and merged weights.</summary>
internal sealed class RadaptNames : DialectNames
{
    private const string Mark = "radapt-";

    public override Dialect Dialect => Dialect.Radapt;

    public override bool Matches(StateDict names) => Metadata(names, "format").StartsWith(Mark, StringComparison.Ordinal);

    public override string Describe(StateDict names)
    {
        string kind = Metadata(names, "format")[Mark.Length..].Split('/')[0];
        if (Metadata(names, "epoch") is { Length: > 0 } epoch)
        {
            return $"Radapt {kind.ToUpperInvariant()} pre-training, epoch {epoch} of {Metadata(names, "epochs")}, "
                + $"{Metadata(names, "images")} images";
        }

        string method = Metadata(names, "method") is { Length: > 0 } m ? $", method {m}" : "";
        string rank = Metadata(names, "rank") is { Length: > 0 } r ? $", rank {r}" : "";
        string origin = Metadata(names, "base_description") is { Length: > 0 } o ? $", on {o}" : "";
        return $"Radapt {kind}{method}{rank}{origin}";
    }

    public override (double Mean, double Std) Normalisation(StateDict names) =>
        Json(names, "preprocessing") is JsonObject preprocessing && preprocessing["mean"] is JsonValue mean
            && preprocessing["std"] is JsonValue std
            && mean.TryGetValue(out double m) && std.TryGetValue(out double s)
            ? (m, s) : base.Normalisation(names);

    // An adapter does not hold the tensors that would tell; its metadata does.
    public override BackboneShape? Shape(StateDict names) => BackboneShapeJson.Read(Metadata(names, "backbone")) ?? base.Shape(names);

    public override bool TellsHeads(StateDict names) => BackboneShapeJson.Read(Metadata(names, "backbone")) is not null;

    private static string Metadata(StateDict names, string key) =>
        names.File.Format == "safetensors" ? names.File.Metadata.GetValueOrDefault(key, "") : "";

    private static JsonNode? Json(StateDict names, string key)
    {
        try
        {
            return Metadata(names, key) is { Length: > 0 } text ? JsonNode.Parse(text) : null;
        }
        catch (JsonException)
        {
            return null; // a description that cannot be read is not a description
        }
    }
}
