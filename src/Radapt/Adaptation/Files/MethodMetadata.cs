using System.Globalization;
using System.Text.Json;

namespace Radapt.Adaptation.Files;

/// <summary>Values of a method's options in the metadata of an adapter file; what is missing there has its default.</summary>
internal static class MethodMetadata
{
    /// <summary>Writes a value under a key.</summary>
    public static void Write(this IDictionary<string, string> metadata, string key, object value) => metadata[key] = value switch
    {
        double number => number.ToString("R", CultureInfo.InvariantCulture),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        bool flag => flag ? "true" : "false",
        _ => JsonSerializer.Serialize(value, value.GetType()),
    };

    /// <summary>A whole number.</summary>
    public static int Integer(this IReadOnlyDictionary<string, string> metadata, string key) =>
        int.Parse(metadata[key], CultureInfo.InvariantCulture);

    /// <summary>A finite number.</summary>
    public static double Number(this IReadOnlyDictionary<string, string> metadata, string key) =>
        double.Parse(metadata[key], CultureInfo.InvariantCulture) is var number && double.IsFinite(number) ? number
            : throw new FormatException(key + " is not finite");

    /// <summary>True or false; false where it is missing.</summary>
    public static bool Flag(this IReadOnlyDictionary<string, string> metadata, string key) =>
        bool.Parse(metadata.GetValueOrDefault(key, "false"));

    /// <summary>A list; empty where it is missing.</summary>
    public static IReadOnlyList<T> List<T>(this IReadOnlyDictionary<string, string> metadata, string key) =>
        JsonSerializer.Deserialize<T[]>(metadata.GetValueOrDefault(key, "[]")) ?? throw new JsonException(key + " is null");
}
