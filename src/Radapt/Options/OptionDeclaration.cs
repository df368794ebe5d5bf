using System.Reflection;

namespace Radapt.Options;

/// <summary>An option: what its <see cref="OptionAttribute"/> says, together with what follows from the property that it sets.</summary>
internal sealed record OptionDeclaration
{
    private readonly OptionAttribute _declared;
    private readonly object? _defaults; // a section in which nothing is given; null where there is none

    /// <param name="declared">The declaration.</param>
    /// <param name="member">The property that it sets, or the method that turns it into another option.</param>
    /// <param name="section">The type of the section.</param>
    /// <param name="defaults">A section in which nothing is given; null: the section is abstract.</param>
    public OptionDeclaration(OptionAttribute declared, MemberInfo member, Type section, object? defaults)
    {
        (_declared, _defaults, Section, Property) = (declared, defaults, section, member as PropertyInfo);
        Type type = Property?.PropertyType ?? ((MethodInfo)member).GetParameters()[0].ParameterType;
        IsList = type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>);
        Type = IsList ? type.GetGenericArguments()[0] : Nullable.GetUnderlyingType(type) ?? type;
        Choices = ChoicesOf(Type) is { Count: > 0 } choices && CanBeAuto ? [Automatic.Word, .. choices] : ChoicesOf(Type);
        Check = declared.Check is { } check ? Static(check, m => m.CreateDelegate<Func<string, string?>>()) : _ => null;
        OnlyWith = declared.OnlyWith?.Split(' ') is [var option, .. var values] ? (option, values) : null;
    }

    /// <summary>As it is typed, without dashes.</summary>
    public string Name => _declared.Name;

    /// <summary>The type of the section that it belongs to.</summary>
    public Type Section { get; }

    /// <summary>Where it appears in help texts and recipe files.</summary>
    public string Heading { get; init; } = "";

    /// <summary>The property that it sets; null for an option that is turned into another.</summary>
    public PropertyInfo? Property { get; }

    /// <summary>Type of a value; of a list: of its elements.</summary>
    public Type Type { get; }

    /// <summary>Whether a value is a list.</summary>
    public bool IsList { get; }

    /// <summary>Whether a value is true or false, where the option alone means true.</summary>
    public bool IsFlag => Type == typeof(bool) && _declared.True is null;

    /// <summary>The only values (of a list: elements) there are; empty: any.</summary>
    public IReadOnlyList<string> Choices { get; }

    /// <inheritdoc cref="OptionAttribute.Help"/>
    public string Description => _declared.Help;

    /// <inheritdoc cref="OptionAttribute.Min"/>
    public double Min => _declared.Min;

    /// <summary>Largest number, also of what the type holds; of a double <see cref="LargestNumber"/>.</summary>
    public double Max => Math.Min(_declared.Max,
        Type == typeof(int) ? int.MaxValue : Type == typeof(double) ? LargestNumber : double.PositiveInfinity);

    /// <inheritdoc cref="OptionAttribute.MinIsExcluded"/>
    public bool MinIsExcluded => _declared.MinIsExcluded;

    /// <inheritdoc cref="OptionAttribute.MaxIsExcluded"/>
    public bool MaxIsExcluded => _declared.MaxIsExcluded;

    /// <inheritdoc cref="OptionAttribute.Reason"/>
    public string? Reason => _declared.Reason ?? (IsFlag ? "off unless given" : null);

    /// <inheritdoc cref="OptionAttribute.IsPath"/>
    public bool IsPath => _declared.IsPath;

    /// <inheritdoc cref="OptionAttribute.MayChangeOnResume"/>
    public bool MayChangeOnResume => _declared.MayChangeOnResume;

    /// <inheritdoc cref="OptionAttribute.IsForTraining"/>
    public bool IsForTraining => _declared.IsForTraining;

    /// <inheritdoc cref="OptionAttribute.Excludes"/>
    public IReadOnlyList<string> Excludes => _declared.Excludes;

    /// <inheritdoc cref="OptionAttribute.ChosenFrom"/>
    public IReadOnlyList<string> ChosenFrom => _declared.ChosenFrom;

    /// <inheritdoc cref="OptionAttribute.MayRepeat"/>
    public bool MayRepeat => _declared.MayRepeat;

    /// <inheritdoc cref="OptionAttribute.MayBeRanges"/>
    public bool MayBeRanges => _declared.MayBeRanges;

    /// <inheritdoc cref="OptionAttribute.CanBeAuto"/>
    public bool CanBeAuto => _declared.CanBeAuto;

    /// <inheritdoc cref="OptionAttribute.NullWord"/>
    public string? NullWord => _declared.NullWord;

    /// <summary>Key in a file's metadata.</summary>
    public string StoredAs => _declared.StoredAs ?? Name.Replace('-', '_');

    /// <inheritdoc cref="OptionAttribute.WhenNotStored"/>
    public string? WhenNotStored => _declared.WhenNotStored;

    /// <summary>Another option and those of its values with which this one decides anything; null: it always does.</summary>
    public (string Option, IReadOnlyList<string> Values)? OnlyWith { get; init; }

    /// <summary>What is expected of a text beyond its kind; null from it: nothing.</summary>
    public Func<string, string?> Check { get; }

    /// <summary>Whether the property has a value before anything is chosen: its initialiser's.</summary>
    public bool HasFixedDefault => _defaults is not null && Property is not null
        && Property.GetCustomAttribute<System.Runtime.CompilerServices.RequiredMemberAttribute>() is null;

    /// <summary>The initialiser's value; only where <see cref="HasFixedDefault"/>.</summary>
    public object? FixedDefault => HasFixedDefault ? Property!.GetValue(_defaults)
        : throw new InvalidOperationException($"{Name} has no fixed default.");

    /// <summary>The default in words; null: none.</summary>
    public string? Default => _declared.Default ?? (_declared.DefaultFrom is { } source ? (string)Static(source)! : null)
        ?? (!HasFixedDefault || IsFlag || Format(FixedDefault) is not { Length: > 0 } text ? null : text);

    /// <summary>What help calls a value; null for a flag.</summary>
    public string? ValueName => _declared.ValueName ?? (IsFlag ? null
        : Type == typeof(string) && IsList ? "NAME,NAME"
        : Choices.Count > 0 ? "CHOICE"
        : Type == typeof(int) || Type == typeof(long) ? IsList ? "N,N" : "N"
        : Type == typeof(double) ? "NUMBER" : "NAME");

    /// <summary>The whole help text: what, unit, choices, methods, default.</summary>
    public string Help
    {
        get
        {
            string choices = Choices.Count > 0
                ? $" One{(IsList ? " or more" : "")} of {string.Join(", ", Choices)}." : "";
            string owner = OnlyWith is { Values: var values } ? $" Only with {string.Join(" or ", values)}." : "";
            return $"{Description}{choices}{owner}{(Default is null ? "" : $" Default: {Default}.")}";
        }
    }

    /// <summary>Optimizers multiply a few such numbers in float32, which ends at 3.4e38.</summary>
    public const double LargestNumber = 1e30;

    /// <summary>Whether it decides anything where <see cref="OnlyWith"/>'s option has this value.</summary>
    public bool BelongsTo(string value) => OnlyWith is not { Values: var values } || values.Contains(value);

    /// <summary>The text that reads back to an equal value, as long as no element of a list holds a comma.</summary>
    public string Format(object? value) => value switch
    {
        null => NullWord ?? "",
        bool flag when !IsFlag => flag ? _declared.True! : _declared.False!,
        _ => OptionText.Format(value),
    };

    /// <inheritdoc cref="OptionReader.Read(OptionDeclaration, string, string)"/>
    public object? Parse(string text, string where) => OptionReader.Read(this, text, where);

    private IReadOnlyList<string> ChoicesOf(Type type) =>
        _declared.ChoicesFrom is { } source ? (IReadOnlyList<string>)Static(source)!
        : type.IsEnum ? EnumNames.All(type)
        : type == typeof(bool) ? _declared.True is { } yes ? [yes, _declared.False!] : []
        : OptionReader.Self(type)?.Choices ?? [];

    private object? Static(string name) => Section.GetProperty(name, Everything)?.GetValue(null)
        ?? throw new InvalidOperationException($"{Section.Name} has no static property {name}.");

    private T Static<T>(string name, Func<MethodInfo, T> make) => make(Section.GetMethod(name, Everything)
        ?? throw new InvalidOperationException($"{Section.Name} has no static method {name}."));

    private const BindingFlags Everything =
        BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.FlattenHierarchy;
}
