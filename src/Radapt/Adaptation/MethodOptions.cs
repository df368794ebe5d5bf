using Radapt.Options;

namespace Radapt.Adaptation;

/// <summary>
/// How a backbone is adapted: an adaptation method and its own options. Each property that an <see cref="OptionAttribute"/> declares is
/// an option of the recipe under this method, and is kept in the adapter file's metadata.
/// </summary>
public abstract record MethodOptions : IOptionValue<MethodOptions>
{
    /// <param name="name">What <c>--method</c> calls the method, such as <c>lora</c>.</param>
    private protected MethodOptions(string name) => Name = name;

    static string IOptionValue<MethodOptions>.Expected => "a method";

    static IReadOnlyList<string> IOptionValue<MethodOptions>.Choices => AdaptationMethod.Names;

    /// <summary>What <c>--method</c> calls the method, such as <c>lora</c>.</summary>
    public string Name { get; }

    internal AdaptationMethod Definition => AdaptationMethod.Find(Name);

    static MethodOptions? IOptionValue<MethodOptions>.TryParse(string text) =>
        AdaptationMethod.All.FirstOrDefault(m => m.Name == text)?.Defaults;

    /// <summary>The method's name.</summary>
    public sealed override string ToString() => Name;
}

/// <summary>A method that has no options.</summary>
public sealed record PlainMethod : MethodOptions
{
    /// <param name="name">What <c>--method</c> calls it.</param>
    public PlainMethod(string name)
        : base(name)
    {
    }
}
