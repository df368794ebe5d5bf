namespace Radapt.Options;

/// <summary>The word <c>auto</c>, given for an option whose value shall be chosen.</summary>
internal sealed class Automatic
{
    /// <summary>As it is typed.</summary>
    public const string Word = "auto";

    private Automatic()
    {
    }

    /// <summary>The only one.</summary>
    public static Automatic Value { get; } = new();

    /// <inheritdoc/>
    public override string ToString() => Word;
}
