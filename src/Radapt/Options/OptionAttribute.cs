namespace Radapt.Options;

/// <summary>
/// Declares the option that sets this property, once: the command line, help texts, recipe files, their schema and the metadata of adapter
/// files are made from it. The kind of its values is the property's type, its fixed default is the property's initialiser; a property that
/// is <c>required</c> has none. On a static method with one parameter it declares an option that is turned into another.
/// </summary>
/// <param name="name">As it is typed, without dashes.</param>
/// <param name="help">What it decides and its unit, one line.</param>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Method)]
internal sealed class OptionAttribute(string name, string help) : Attribute
{
    /// <summary>As it is typed, without dashes.</summary>
    public string Name => name;

    /// <summary>What it decides and its unit.</summary>
    public string Help => help;

    /// <summary>Smallest number.</summary>
    public double Min { get; init; } = double.NegativeInfinity;

    /// <summary>Largest number.</summary>
    public double Max { get; init; } = double.PositiveInfinity;

    /// <summary>Whether <see cref="Min"/> itself is not a value.</summary>
    public bool MinIsExcluded { get; init; }

    /// <summary>Whether <see cref="Max"/> itself is not a value.</summary>
    public bool MaxIsExcluded { get; init; }

    /// <summary>The default in words, where it is not the initialiser's value.</summary>
    public string? Default { get; init; }

    /// <summary>Name of a static property of the section that gives <see cref="Default"/>.</summary>
    public string? DefaultFrom { get; init; }

    /// <summary>Why the default is what it is, where it is the same for everyone.</summary>
    public string? Reason { get; init; }

    /// <summary>What help calls a value, such as <c>DIR</c>; null: what is usual for the kind.</summary>
    public string? ValueName { get; init; }

    /// <summary>Whether the value is a path, which is made absolute where it is typed.</summary>
    public bool IsPath { get; init; }

    /// <summary>Whether it may change when a run is resumed: a place, or what never changes a result.</summary>
    public bool MayChangeOnResume { get; init; }

    /// <summary>Whether it matters to training only; commands that train nothing do not take it.</summary>
    public bool IsForTraining { get; init; }

    /// <summary>
    /// An option and those of its values with which this one decides anything, such as <c>optimizer sgd</c>; null: it always does.
    /// </summary>
    public string? OnlyWith { get; init; }

    /// <summary>
    /// Options that say the same in another way: giving one of them overrides those of a recipe; both in one place is an error.
    /// </summary>
    public string[] Excludes { get; init; } = [];

    /// <summary>
    /// What a default is chosen from. A recorded default is chosen anew when one of these is given differently on the command line.
    /// </summary>
    public string[] ChosenFrom { get; init; } = [];

    /// <summary>Name of a static property of the section that lists the only texts there are.</summary>
    public string? ChoicesFrom { get; init; }

    /// <summary>Name of a static method of the section that says what is expected of a text; null from it: the text is a value.</summary>
    public string? Check { get; init; }

    /// <summary>Whether a list may hold the same element twice.</summary>
    public bool MayRepeat { get; init; }

    /// <summary>Whether an element of a list of numbers may be a range such as <c>4-7</c>.</summary>
    public bool MayBeRanges { get; init; }

    /// <summary>Whether the word <c>auto</c> asks for the default, so that it is given to be chosen anew.</summary>
    public bool CanBeAuto { get; init; }

    /// <summary>The word for the property's null, such as <c>all</c>; null: such a value is only ever left out.</summary>
    public string? NullWord { get; init; }

    /// <summary>What true is called, where it is a choice and not a flag, such as <c>on</c>.</summary>
    public string? True { get; init; }

    /// <summary>What false is called, where <see cref="True"/> is given.</summary>
    public string? False { get; init; }

    /// <summary>Key in a file's metadata; null: the name with underscores.</summary>
    public string? StoredAs { get; init; }

    /// <summary>
    /// Text of the value that a file without the key means (an adapter, or the recipe of a run that goes on), for an option that is younger
    /// than such files; null: in an adapter, flags are then false and lists empty, and without any other value the file is damaged; a
    /// recipe leaves it to the default.
    /// </summary>
    public string? WhenNotStored { get; init; }
}
