using Radapt.Checkpoints;

namespace Radapt.Models.Dialects;

/// <summary>
/// Vision transformers of Hugging Face transformers: query, key and value apart; heads and the norms' epsilon in a <c>config.json</c>
/// beside the weights.
/// </summary>
internal abstract class HuggingFaceNames : DialectNames
{
    /// <summary>The norms' epsilon where no <c>config.json</c> tells.</summary>
    protected abstract double UsualEpsilon(StateDict names);

    public override BackboneShape? Shape(StateDict names)
    {
        if (base.Shape(names) is not { } shape)
        {
            return null;
        }

        HuggingFaceConfig config = HuggingFaceConfig.Beside(names.File.Path);
        BackboneShape told = shape with { Heads = config.Heads ?? shape.Heads, Epsilon = config.Epsilon ?? UsualEpsilon(names) };
        return told.IsSound ? told : shape;
    }

    public override string? Problem(StateDict names) =>
        base.Problem(names) ?? (base.Shape(names) is { } shape ? HuggingFaceConfig.Beside(names.File.Path).Problem(shape) : null);

    public override bool TellsHeads(StateDict names) =>
        HuggingFaceConfig.Beside(names.File.Path).Heads is { } heads && Shape(names)?.Heads == heads;

    public override ToldPreparation? Preparation(StateDict names) => ToldPreparation.FromHuggingFace(names.File.Path);

    /// <summary>The encoder's tensors, with query, key and value joined.</summary>
    /// <param name="tensors">Name inside the model -> name in the file.</param>
    /// <param name="toNative">The model's name of a tensor, and which third of it the tensor is; null: it is whole.</param>
    /// <param name="join">Query, key and value of a name in the model; null where one is missing.</param>
    protected static Dictionary<string, TensorParts> Join(
        IReadOnlyDictionary<string, string> tensors, Func<string, (string Name, int? Third)> toNative,
        Func<string, string?[], TensorParts> join)
    {
        var encoder = new Dictionary<string, TensorParts>(StringComparer.Ordinal);
        var fused = new Dictionary<string, string?[]>(StringComparer.Ordinal);
        foreach ((string name, string inFile) in tensors)
        {
            (string native, int? third) = toNative(name);
            if (third is { } index)
            {
                fused.TryAdd(native, new string?[3]);
                fused[native][index] = inFile;
            }
            else
            {
                encoder[native] = TensorParts.Whole(inFile);
            }
        }

        foreach ((string name, string?[] thirds) in fused)
        {
            encoder[name] = join(name, thirds);
        }

        return encoder;
    }
}
