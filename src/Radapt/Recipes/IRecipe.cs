using Radapt.Options;

namespace Radapt.Recipes;

/// <summary>A recipe of any kind: sections whose properties are set by the options of a catalogue.</summary>
internal interface IRecipe
{
    /// <summary>Its options.</summary>
    OptionCatalogue Catalogue { get; }

    /// <summary>Its sections, and the recipe itself where it has options of its own.</summary>
    IEnumerable<object> Sections { get; }

    /// <summary>Seed of everything random.</summary>
    long Seed { get; }

    /// <summary>The value of an option; null where it has none, and where the option belongs to a section that this recipe lacks.</summary>
    object? Read(OptionDeclaration option) => SectionFor(option) is { } section ? option.Property!.GetValue(section) : null;

    /// <summary>The section that an option sets a property of; null where this recipe lacks it, such as that of another method.</summary>
    object? SectionFor(OptionDeclaration option) =>
        Sections.FirstOrDefault(s => option.Property?.DeclaringType?.IsInstanceOfType(s) == true);
}
