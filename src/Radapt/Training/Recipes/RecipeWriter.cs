using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Radapt.Training.Recipes;

/// <summary>
/// Writes a resolved recipe, one option a line: <c>rank: {value: 4, source: default, reason: …}</c>. Groups stand under a heading.
/// </summary>
internal static class RecipeWriter
{
    public static string Write(ResolvedRecipe resolved)
    {
        using var text = new StringWriter { NewLine = "\n" };
        var emitter = new Emitter(text, new EmitterSettings().WithBestWidth(int.MaxValue).WithNewLine("\n"));
        emitter.Emit(new StreamStart());
        emitter.Emit(new DocumentStart());
        emitter.Emit(new Comment("Every value of a run and where it came from. Passed back with --recipe, it gives the same run.",
            isInline: false));
        emitter.Emit(new MappingStart(AnchorName.Empty, TagName.Empty, isImplicit: true, MappingStyle.Block));
        RecipeGroup? group = null;
        foreach (ResolvedValue value in resolved.Values)
        {
            RecipeOption option = RecipeOptions.Find(value.Name)!;
            if (option.Group != group)
            {
                group = option.Group;
                emitter.Emit(new Comment($"---- {group.Value.ToString().ToLowerInvariant()} ----", isInline: false));
            }

            emitter.Emit(new Scalar(value.Name));
            emitter.Emit(new MappingStart(AnchorName.Empty, TagName.Empty, isImplicit: true, MappingStyle.Flow));
            emitter.Emit(new Scalar("value"));
            EmitValue(emitter, option.Get!(resolved.Recipe)!);
            EmitField(emitter, "source", value.Source ?? value.Origin);
            EmitField(emitter, "reason", value.Reason);
            emitter.Emit(new MappingEnd());
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

    private static void EmitValue(Emitter emitter, object value)
    {
        IEnumerable<string>? items = value switch
        {
            string[] texts => texts,
            long[] numbers => numbers.Select(n => RecipeOption.Format(n)),
            _ => null,
        };
        if (items is null)
        {
            emitter.Emit(Text(RecipeOption.Format(value)));
            return;
        }

        emitter.Emit(new SequenceStart(AnchorName.Empty, TagName.Empty, isImplicit: true, SequenceStyle.Flow));
        foreach (string item in items)
        {
            emitter.Emit(Text(item));
        }

        emitter.Emit(new SequenceEnd());
    }

    private static Scalar Text(string text) => new(
        AnchorName.Empty, TagName.Empty, text,
        text is "~" or "null" ? ScalarStyle.DoubleQuoted : ScalarStyle.Any, // plain, these two are YAML for no value
        isPlainImplicit: true, isQuotedImplicit: true);
}
