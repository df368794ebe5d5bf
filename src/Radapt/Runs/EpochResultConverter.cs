using System.Text.Json;
using System.Text.Json.Serialization;

namespace Radapt.Runs;

/// <summary>
/// Writes the figure <c>NAME</c> of an <see cref="EpochResult"/> as the member <c>val_NAME</c> and the figures <c>NAME/FINDING</c> as the
/// object
/// <c>val_NAME_by_finding</c>. Members that it does not know are skipped in reading.
/// </summary>
internal sealed class EpochResultConverter : JsonConverter<EpochResult>
{
    private const string Prefix = "val_";
    private const string Suffix = "_by_finding";

    /// <inheritdoc/>
    public override EpochResult Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using JsonDocument document = JsonDocument.ParseValue(ref reader);
        JsonElement json = document.RootElement;
        if (json.ValueKind != JsonValueKind.Object)
        {
            throw new JsonException("an epoch is not an object");
        }

        var figures = new OrderedDictionary<string, double>();
        foreach (JsonProperty member in json.EnumerateObject().Where(m => m.Name.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            string name = member.Name[Prefix.Length..];
            if (member.Value.ValueKind == JsonValueKind.Object && name.EndsWith(Suffix, StringComparison.Ordinal))
            {
                foreach (JsonProperty part in member.Value.EnumerateObject())
                {
                    figures[$"{name[..^Suffix.Length]}/{part.Name}"] = Number(part.Value);
                }
            }
            else if (member.Value.ValueKind != JsonValueKind.Null)
            {
                figures[name] = Number(member.Value);
            }
        }

        return new EpochResult
        {
            Epoch = (int)Number(Member("epoch")),
            Updates = (long)Number(Member("updates")),
            TrainLoss = Number(Member("train_loss")),
            LearningRate = Number(Member("learning_rate")),
            ImagesPerSecond = Number(Member("images_per_second")),
            Seconds = Number(Member("seconds")),
            Figures = figures,
            Best = json.TryGetProperty("best", out JsonElement best) && best.ValueKind == JsonValueKind.True,
        };

        JsonElement Member(string name) => json.TryGetProperty(name, out JsonElement value) ? value
            : throw new JsonException($"an epoch has no '{name}'");

        double Number(JsonElement value) => value.Deserialize<double>(options);
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, EpochResult value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        writer.WriteNumber("epoch", value.Epoch);
        writer.WriteNumber("updates", value.Updates);
        Number("train_loss", value.TrainLoss);
        Number("learning_rate", value.LearningRate);
        Number("images_per_second", value.ImagesPerSecond);
        Number("seconds", value.Seconds);
        string? open = null; // the object that is being written
        foreach ((string name, double figure) in value.Figures)
        {
            string[] parts = name.Split('/', 2);
            string? group = parts.Length == 1 ? null : Prefix + parts[0] + Suffix;
            if (open is not null && group != open)
            {
                writer.WriteEndObject();
            }

            if (group is not null && group != open)
            {
                writer.WriteStartObject(group);
            }

            open = group;
            Number(group is null ? Prefix + name : parts[1], figure);
        }

        if (open is not null)
        {
            writer.WriteEndObject();
        }

        writer.WriteBoolean("best", value.Best);
        writer.WriteEndObject();

        // By the serializer, for which infinity and "not a number" are text.
        void Number(string name, double number)
        {
            writer.WritePropertyName(name);
            JsonSerializer.Serialize(writer, number, options);
        }
    }
}
