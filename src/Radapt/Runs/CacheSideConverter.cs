using System.Text.Json;
using System.Text.Json.Serialization;

namespace Radapt.Runs;

/// <summary>A length in pixels, where 0 is written <c>full</c>.</summary>
internal sealed class CacheSideConverter : JsonConverter<int?>
{
    private const string Full = "full";

    /// <inheritdoc/>
    public override int? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.TokenType switch
    {
        JsonTokenType.Null => null,
        JsonTokenType.String when reader.ValueTextEquals(Full) => 0,
        _ => reader.GetInt32(),
    };

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, int? value, JsonSerializerOptions options)
    {
        if (value is null)
        {
            writer.WriteNullValue();
        }
        else if (value == 0)
        {
            writer.WriteStringValue(Full);
        }
        else
        {
            writer.WriteNumberValue(value.Value);
        }
    }
}
