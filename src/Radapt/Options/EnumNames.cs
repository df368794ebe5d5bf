using System.Collections.Concurrent;
using System.Reflection;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace Radapt.Options;

/// <summary>
/// How members of enums are spelled in options and files: in kebab case (<c>SopUid</c> is <c>sop-uid</c>), unless a
/// <see cref="JsonStringEnumMemberNameAttribute"/> says otherwise.
/// </summary>
internal static partial class EnumNames
{
    private static readonly ConcurrentDictionary<Type, (string Name, Enum Value)[]> s_known = new();

    /// <summary>All names, in the order of the members.</summary>
    public static IReadOnlyList<string> All(Type type) => [.. Known(type).Select(k => k.Name)];

    /// <summary>The name of a value.</summary>
    public static string Spelled(this Enum value) => Known(value.GetType()).First(k => k.Value.Equals(value)).Name;

    /// <summary>The value of this name; null: there is none.</summary>
    public static Enum? Find(Type type, string name) => Known(type).FirstOrDefault(k => k.Name == name).Value;

    private static (string Name, Enum Value)[] Known(Type type) => s_known.GetOrAdd(type, t =>
        [.. t.GetFields(BindingFlags.Public | BindingFlags.Static).OrderBy(f => f.MetadataToken)
            .Select(f => (f.GetCustomAttribute<JsonStringEnumMemberNameAttribute>()?.Name
                ?? WordStart().Replace(f.Name, "-").ToLowerInvariant(), (Enum)f.GetValue(null)!))]);

    [GeneratedRegex("(?<=.)(?=[A-Z])")]
    private static partial Regex WordStart();
}
