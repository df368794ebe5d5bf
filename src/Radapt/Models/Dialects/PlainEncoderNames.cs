namespace Radapt.Models.Dialects;

/// <summary>An encoder in native names without anything that tells its origin.</summary>
internal sealed class PlainEncoderNames : DialectNames
{
    public override Dialect Dialect => Dialect.PlainEncoder;

    public override string Option => "vit";

    public override bool Matches(StateDict names) => names.Has(StateDict.Native) && names.HasAny("blocks.");

    public override bool CanRead(StateDict names) => IsPlainNative(names);

    public override ToldPreparation? Preparation(StateDict names) => ToldPreparation.FromTimm(names.File.Path);

    // Only a timm folder's configuration tells that an encoder is timm's.
    public override PositionResizing? Resizing(StateDict names, bool isForced) => Preparation(names) is null ? null
        : PositionResizing.Antialiased;

    public override string Describe(StateDict names) => "ViT encoder (timm and MAE names; its origin cannot be told)";
}
