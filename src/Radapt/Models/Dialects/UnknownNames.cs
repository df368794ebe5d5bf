using Radapt.Checkpoints;

namespace Radapt.Models.Dialects;

/// <summary>Tensors that do not belong to a vision transformer known to Radapt.</summary>
internal sealed class UnknownNames : DialectNames
{
    public override Dialect Dialect => Dialect.Unknown;

    public override bool Matches(StateDict names) => true;

    public override string Describe(StateDict names) => names.File.Unread is [var (name, type), ..]
        ? $"tensors of element types that Radapt does not read ({name} is {type}; convert them to F32, F16 or BF16)"
        : "tensors that are not those of a vision transformer that Radapt knows";

    public override BackboneShape? Shape(StateDict names) => null;

    public override IReadOnlyDictionary<string, TensorParts>? Encoder(StateDict names) => null;

    public override (string Group, string Reason) LeftOut(string name) => ("tensors", "their names are not known");
}
