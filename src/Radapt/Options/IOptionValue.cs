namespace Radapt.Options;

/// <summary>
/// A type that reads itself from the text of an option; <see cref="object.ToString"/> writes a text that reads back to an equal value.
/// </summary>
internal interface IOptionValue<TSelf>
    where TSelf : class, IOptionValue<TSelf>
{
    /// <summary>What a text must be, for messages: <c>'x' is not …</c>.</summary>
    static abstract string Expected { get; }

    /// <summary>The only texts there are; empty: they cannot be listed.</summary>
    static virtual IReadOnlyList<string> Choices => [];

    /// <summary>The value of a text; null: it is none.</summary>
    static abstract TSelf? TryParse(string text);
}
