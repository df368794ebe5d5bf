using System.Collections;
using Radapt.Options;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Radapt.Recipes;

/// <summary>
/// Writes a resolved recipe, one option a line: <c>rank: {value: 4, source: default, reason: …}</c>. Groups stand under a heading.
/// </summary>
internal static class RecipeWriter
{
    /// <summary>The text of a fine-tuning recipe.</summary>
    public static string Write(ResolvedRecipe resolved) => Write(resolved.Recipe, resolved.Values);

    /// <summary>The text of a recipe of any kind.</summary>
    /// <param name="recipe">With every value decided.</param>
    /// <param name="values">Its values that decide anything, in the order of its catalogue.</param>
    public static string Write(IRecipe recipe, IReadOnlyList<ResolvedValue> values)
    {
        using var text = new StringWriter { NewLine = "\n" };
        var emitter = new Emitter(text, new EmitterSettings().WithBestWidth(int.MaxValue).WithNewLine("\n"));
        emitter.Emit(new StreamStart());
        emitter.Emit(new DocumentStart());
        emitter.Emit(new Comment("Every value of a run and where it came from. Passed back with --recipe, it gives the same run.",
            isInline: false));
        emitter.Emit(new MappingStart(AnchorName.Empty, TagName.Empty, isImplicit: true, MappingStyle.Block));
        string? heading = null;
        foreach (ResolvedValue value in values)
        {
            OptionDeclaration option = recipe.Catalogue.Find(value.Name)!;
            if (option.Heading != heading)
            {
                heading = option.Heading;
                emitter.Emit(new Comment($"---- {heading.ToLowerInvariant()} ----", isInline: false));
            }

            emitter.Emit(new Scalar(value.Name));
            emitter.Emit(new MappingStart(AnchorName.Empty, TagName.Empty, isImplicit: true, MappingStyle.Flow));
            emitter.Emit(new Scalar("value"));
            EmitValue(emitter, option, recipe.Read(option));
            EmitField(emitter, "source", value.Source ?? value.Origin);
            EmitField(emitter, "reason", value.Reason);
            emitter.Emit(new MappingEnd());
        }

        emitter.Emit(new MappingEnd());
        emitter.Emit(new DocumentEnd(isImplicit: true));
        emitter.Emit(new StreamEnd());
        return text.ToString();
    }

    /// <summary>The text of what is given, without what is decided from it: an option and its value a line.</summary>
    /// <param name="given">What is given.</param>
    /// <param name="comment">The first line.</param>
    public static string WriteGiven(PartialRecipe given, string comment)
    {
        using var text = new StringWriter { NewLine = "\n" };
        var emitter = new Emitter(text, new EmitterSettings().WithBestWidth(int.MaxValue).WithNewLine("\n"));
        emitter.Emit(new StreamStart());
        emitter.Emit(new DocumentStart());
        emitter.Emit(new Comment(comment, isInline: false));
        emitter.Emit(new MappingStart(AnchorName.Empty, TagName.Empty, isImplicit: true, MappingStyle.Block));
        foreach (RecipeEntry entry in given.Entries)
        {
            emitter.Emit(new Scalar(entry.Option.Name));
            EmitValue(emitter, entry.Option, entry.Value);
        }

        emitter.Emit(new MappingEnd());
        emitter.Emit(new DocumentEnd(isImplicit: true));
        emitter.Emit(new StreamEnd());
        return text.ToString();
    }

    private static void EmitField(Emitter emitter, string name, string? value)
    {
        if (value is not null)
        {
            emitter.Emit(new Scalar(name));
            emitter.Emit(Text(value));
        }
    }

    private static void EmitValue(Emitter emitter, OptionDeclaration option, object? value)
    {
        if (!option.IsList)
        {
            emitter.Emit(Text(option.Format(value)));
            return;
        }

        emitter.Emit(new SequenceStart(AnchorName.Empty, TagName.Empty, isImplicit: true, SequenceStyle.Flow));
        foreach (object item in (IEnumerable)value!)
        {
            emitter.Emit(Text(OptionText.Format(item)));
        }

        emitter.Emit(new SequenceEnd());
    }

    private static Scalar Text(string text) => new(
        AnchorName.Empty, TagName.Empty, text,
        text is "~" or "null" ? ScalarStyle.DoubleQuoted : ScalarStyle.Any, // plain, these two are YAML for no value
        isPlainImplicit: true, isQuotedImplicit: true);
}
