using System.Collections.Concurrent;
using System.Linq.Expressions;
using System.Reflection;

namespace Radapt.Options;

/// <summary>
/// The options of a section: those that its properties declare, in their order; those of a derived section before inherited ones.
/// </summary>
internal sealed class OptionTable
{
    private static readonly ConcurrentDictionary<Type, OptionTable> s_tables = new();
    private readonly Type _section;

    private OptionTable(Type section)
    {
        _section = section;
        object? defaults = section.IsAbstract ? null : Activator.CreateInstance(section, nonPublic: true);
        const BindingFlags Members = BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static;
        var declared = new List<OptionDeclaration>(section.GetMembers(Members)
            .Where(m => m is PropertyInfo && m.IsDefined(typeof(OptionAttribute)))
            .OrderByDescending(m => Depth(m.DeclaringType)).ThenBy(m => m.MetadataToken)
            .Select(Declare));
        foreach (OptionDeclaration turned in section.GetMembers(Members)
            .Where(m => m is MethodInfo && m.IsDefined(typeof(OptionAttribute))).Select(Declare))
        {
            declared.Insert(1 + declared.FindIndex(d => turned.Excludes.Contains(d.Name)), turned);
        }

        Options = declared;

        OptionDeclaration Declare(MemberInfo member) => new(member.GetCustomAttribute<OptionAttribute>()!, member, section, defaults);
    }

    /// <summary>Its options.</summary>
    public IReadOnlyList<OptionDeclaration> Options { get; }

    /// <summary>The table of a section.</summary>
    public static OptionTable For(Type section) => s_tables.GetOrAdd(section, static s => new OptionTable(s));

    /// <summary>The option that sets a property, such as <c>(DataOptions d) => d.Cache</c>.</summary>
    public static OptionDeclaration Find<TSection, TValue>(Expression<Func<TSection, TValue>> property) =>
        For(typeof(TSection)).Options.First(o => o.Property?.Name == ((MemberExpression)property.Body).Member.Name);

    /// <summary>A section with these values; what has none has its fixed default.</summary>
    /// <param name="values">By name; options of other sections are not looked at.</param>
    /// <exception cref="InvalidOperationException">A value is missing that has no fixed default.</exception>
    public object Create(IReadOnlyDictionary<string, object?> values)
    {
        object section = Activator.CreateInstance(_section, nonPublic: true)!;
        foreach (OptionDeclaration option in Options.Where(o => o.Property is not null))
        {
            if (values.TryGetValue(option.Name, out object? value))
            {
                option.Property!.SetValue(section, value);
            }
            else if (!option.HasFixedDefault)
            {
                throw new InvalidOperationException($"{option.Name} is not decided.");
            }
        }

        return section;
    }

    private static int Depth(Type? type) => type is null ? 0 : 1 + Depth(type.BaseType);
}
