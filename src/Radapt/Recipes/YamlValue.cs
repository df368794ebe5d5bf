namespace Radapt.Recipes;

/// <summary>A value of a YAML file.</summary>
/// <param name="Line">Where it begins, from 1.</param>
internal abstract record YamlValue(long Line);

/// <summary>A single value.</summary>
/// <param name="Line">Where it begins, from 1.</param>
/// <param name="Text">As written, without quotes.</param>
/// <param name="IsNull">Whether it is YAML for no value.</param>
internal sealed record YamlScalar(long Line, string Text, bool IsNull) : YamlValue(Line);

/// <summary>A list.</summary>
/// <param name="Line">Where it begins, from 1.</param>
/// <param name="Items">Its elements.</param>
internal sealed record YamlList(long Line, IReadOnlyList<YamlValue> Items) : YamlValue(Line);

/// <summary>Keys and values, in the order of the file. A key can appear twice: whoever reads the mapping rejects that.</summary>
/// <param name="Line">Where it begins, from 1.</param>
/// <param name="Entries">Keys and values.</param>
internal sealed record YamlMap(long Line, IReadOnlyList<(YamlScalar Key, YamlValue Value)> Entries) : YamlValue(Line);
