using System.Reflection;
using System.Text;
using Radapt.Adaptation;
using Radapt.Options;

namespace Radapt.Recipes;

/// <summary>Recipes as YAML files, and those that come with Radapt.</summary>
internal static class RecipeFile
{
    /// <summary>The resolved recipe in a run folder.</summary>
    public const string Name = "recipe.yaml";

    private const string Folder = "recipes/"; // of the embedded resources
    private const string Extension = ".yaml";
    private static readonly Assembly s_assembly = typeof(RecipeFile).Assembly;

    /// <summary>Names of the recipes that come with Radapt, such as <c>mrm-nih-1-lora</c>.</summary>
    public static IReadOnlyList<string> BuiltIn { get; } =
    [
        .. s_assembly.GetManifestResourceNames().Where(n => n.StartsWith(Folder, StringComparison.Ordinal))
            .Select(n => n[Folder.Length..^Extension.Length]).Order(StringComparer.Ordinal),
    ];

    /// <summary>Reads a file of this path or, where there is none, the built-in recipe of this name.</summary>
    /// <exception cref="RadaptException">There is neither (the message lists the names), or the content is wrong (it names file and
    /// line).</exception>
    public static RecipeLayer Open(string pathOrName)
    {
        ArgumentException.ThrowIfNullOrEmpty(pathOrName);
        if (File.Exists(pathOrName))
        {
            return Read(pathOrName);
        }

        string name = pathOrName.EndsWith(Extension, StringComparison.Ordinal) ? pathOrName[..^Extension.Length] : pathOrName;
        using Stream? resource = s_assembly.GetManifestResourceStream(Folder + name + Extension);
        return resource is not null ? RecipeReader.Read(resource, name)
            : throw new RadaptException(
                $"There is no recipe file {pathOrName}, and no built-in recipe of that name; built in are {string.Join(", ", BuiltIn)}.");
    }

    /// <summary>Reads a recipe file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="catalogue">The options of its kind of recipe; null: those of fine-tuning.</param>
    /// <exception cref="RadaptException">It cannot be read, or its content is wrong (the message names file and line).</exception>
    public static RecipeLayer Read(string path, OptionCatalogue? catalogue = null)
    {
        try
        {
            using FileStream file = RegularFile.OpenRead(path);
            return RecipeReader.Read(file, Path.GetFileName(path), catalogue);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new RadaptException($"The recipe {path} cannot be read: {error.Message}", error);
        }
    }

    /// <summary>Reads the text of a recipe.</summary>
    /// <param name="text">As in a recipe file.</param>
    /// <param name="name">The name that messages show.</param>
    /// <param name="catalogue">The options of its kind of recipe; null: those of fine-tuning.</param>
    /// <exception cref="RadaptException">The content is wrong.</exception>
    public static RecipeLayer Parse(string text, string name, OptionCatalogue? catalogue = null)
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(text));
        return RecipeReader.Read(stream, name, catalogue);
    }

    /// <summary>
    /// Reads the recipe of a run that is to go on. An option that the version which began the run did not have is as it was then, see
    /// <see cref="OptionAttribute.WhenNotStored"/>: today's default would make another run of it.
    /// </summary>
    /// <param name="path">The run's <c>recipe.yaml</c>, which states every option of its version.</param>
    /// <exception cref="RadaptException">It cannot be read, or its content is wrong.</exception>
    public static RecipeLayer ReadBegun(string path)
    {
        RecipeLayer stated = Read(path);
        return new RecipeLayer(
        [
            .. stated.Entries,
            .. stated.Catalogue.All.Where(o => o.WhenNotStored is not null && o.Property is not null && stated.Find(o.Name) is null
                    && !typeof(MethodOptions).IsAssignableFrom(o.Property.DeclaringType))
                .Select(o => new RecipeEntry(o, o.Parse(o.WhenNotStored!, path), "the version that began the run", o.Name)),
        ], stated.Catalogue);
    }

    /// <summary>
    /// Writes every value with its source and reason, so that reading the file back gives the same recipe. The file is complete or
    /// not there.
    /// </summary>
    /// <exception cref="RadaptException">It cannot be written.</exception>
    public static void Write(ResolvedRecipe recipe, string path) => Write(recipe.Recipe, recipe.Values, path);

    /// <inheritdoc cref="Write(ResolvedRecipe, string)"/>
    public static void Write(IRecipe recipe, IReadOnlyList<ResolvedValue> values, string path) =>
        AtomicFile.WriteText(path, RecipeWriter.Write(recipe, values));
}
