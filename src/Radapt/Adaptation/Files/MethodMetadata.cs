using System.Globalization;
using System.Text.Json;
using Radapt.Options;

namespace Radapt.Adaptation.Files;

/// <summary>A method's options in the metadata of an adapter file.</summary>
internal static class MethodMetadata
{
    /// <summary>Writes every option under its key.</summary>
    public static void Write(MethodOptions options, IDictionary<string, string> metadata)
    {
        foreach (OptionDeclaration option in options.Definition.Options)
        {
            object value = option.Property!.GetValue(options)!;
            metadata[option.StoredAs] = value switch
            {
                bool flag => flag ? "true" : "false",
                double number => number.ToString("R", CultureInfo.InvariantCulture),
                IEnumerable<int> or IEnumerable<string> => JsonSerializer.Serialize(value, value.GetType()),
                _ => OptionText.Format(value),
            };
        }

        options.Definition.WriteFitted(options, metadata);
    }

    /// <summary>
    /// What <see cref="Write"/> wrote. Files of older versions do not have all options: what is missing is as
    /// <see cref="OptionAttribute.WhenNotStored"/> says, a flag is else false and a list empty.
    /// Values that an option does not take are left to <see cref="AdaptationMethod.Problem"/>, which knows the backbone.
    /// </summary>
    /// <exception cref="KeyNotFoundException">A number is missing.</exception>
    /// <exception cref="FormatException">A value is not of its option's kind; also <see cref="JsonException"/>,
    /// <see cref="OverflowException"/>.</exception>
    public static MethodOptions Read(AdaptationMethod method, IReadOnlyDictionary<string, string> metadata) =>
        method.ReadFitted(method.Create(method.Options.ToDictionary(o => o.Name, o => Read(o, metadata))), metadata);

    private static object? Read(OptionDeclaration option, IReadOnlyDictionary<string, string> metadata)
    {
        string key = option.StoredAs;
        return option.WhenNotStored is { } older && !metadata.ContainsKey(key) ? option.Parse(older, key)
            : option.IsList ? JsonSerializer.Deserialize(metadata.GetValueOrDefault(key, "[]"), option.Type.MakeArrayType())
                ?? throw new JsonException(key + " is null")
            : option.Type == typeof(bool) ? bool.Parse(metadata.GetValueOrDefault(key, "false"))
            : option.Type == typeof(int) ? int.Parse(metadata[key], CultureInfo.InvariantCulture)
            : option.Type == typeof(double) ? Finite(double.Parse(metadata[key], CultureInfo.InvariantCulture), key)
            : option.Parse(metadata[key], key);
    }

    private static double Finite(double number, string key) =>
        double.IsFinite(number) ? number : throw new FormatException(key + " is not finite");
}
