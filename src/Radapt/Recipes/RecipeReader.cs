using Radapt.Options;

namespace Radapt.Recipes;

/// <summary>
/// Reads a recipe: a flat mapping of options, each with a value, a list, or <c>{value: …, source: …, reason: …}</c>.
/// </summary>
internal static class RecipeReader
{
    /// <summary>Reads a recipe.</summary>
    /// <param name="stream">UTF-8.</param>
    /// <param name="file">The name that messages show.</param>
    /// <param name="catalogue">The options of its kind of recipe; null: those of fine-tuning.</param>
    /// <exception cref="RadaptException">The content is no recipe; the message names file and line.</exception>
    public static RecipeLayer Read(Stream stream, string file, OptionCatalogue? catalogue = null)
    {
        catalogue ??= RecipeOptions.Catalogue;
        YamlValue? root = StrictYaml.Read(stream, file, "recipe");
        return root switch
        {
            null => new RecipeLayer([], catalogue),
            YamlMap map => new RecipeLayer(
                map.Entries.Select(e => ReadEntry(e.Key, e.Value, file, $"recipe {file}", catalogue)), catalogue),
            _ => throw new RadaptException($"{file}:{root.Line}: a recipe is a list of lines such as 'rank: 4'."),
        };
    }

    /// <summary>Reads one option.</summary>
    /// <param name="key">Its name.</param>
    /// <param name="given">Its value in one of the forms.</param>
    /// <param name="file">The name that messages show.</param>
    /// <param name="origin">Who gives it, as it is shown.</param>
    /// <param name="catalogue">The options of its kind of recipe.</param>
    /// <exception cref="RadaptException">There is no such option, or it has no such value.</exception>
    public static RecipeEntry ReadEntry(YamlScalar key, YamlValue given, string file, string origin, OptionCatalogue catalogue)
    {
        string where = $"{file}:{key.Line}: {key.Text}";
        OptionDeclaration option = catalogue.Get(key.Text, where);
        if (given is not YamlMap fields)
        {
            return new RecipeEntry(option, ReadValue(option, given, file, where), origin, where);
        }

        object? value = null;
        bool hasValue = false;
        string? source = null;
        string? reason = null;
        foreach ((YamlScalar field, YamlValue content) in fields.Entries)
        {
            switch (field.Text)
            {
                case "value" when !hasValue: (value, hasValue) = (ReadValue(option, content, file, where), true); break;
                case "source" when source is null: source = Single(content, file).Text; break;
                case "reason" when reason is null: reason = Single(content, file).Text; break;
                default: throw new RadaptException($"{where}: '{field.Text}' is not value, source or reason, or is given twice.");
            }
        }

        return !hasValue ? throw new RadaptException($"{where} has no value.")
            : new RecipeEntry(option, value, origin, where) { Source = source, Reason = reason };
    }

    private static object? ReadValue(OptionDeclaration option, YamlValue given, string file, string where) => given switch
    {
        YamlList list => OptionReader.ReadList(option, [.. list.Items.Select(i => Single(i, file).Text)], where),
        _ when Single(given, file).IsNull => throw new RadaptException($"{where} has no value; give one or leave the line out."),
        _ => option.Parse(Single(given, file).Text, where),
    };

    private static YamlScalar Single(YamlValue given, string file) => given as YamlScalar
        ?? throw new RadaptException($"{file}:{given.Line}: a single value belongs here.");
}
