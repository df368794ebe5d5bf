namespace Radapt.Models.Dialects;

/// <summary>timm's VisionTransformer with its head; MAE's and MED-PEFT's fully fine-tuned classifiers are named alike.</summary>
internal sealed class TimmNames : DialectNames
{
    public override Dialect Dialect => Dialect.Timm;

    public override string Option => "timm";

    public override bool Matches(StateDict names) => names.Has(StateDict.Native) && names.Has("head.weight");

    public override bool CanRead(StateDict names) => IsPlainNative(names);

    public override ToldPreparation? Preparation(StateDict names) => ToldPreparation.FromTimm(names.File.Path);

    /// <summary>
    /// timm resizes positions with antialias. A head that reads the mean of the patches is MAE's and the paper's, too, whose code does not.
    /// </summary>
    public override PositionResizing? Resizing(StateDict names, bool isForced) =>
        isForced || !names.HasAny("fc_norm.") || Preparation(names) is not null ? PositionResizing.Antialiased : null;

    public override string Describe(StateDict names) => names.HasAny("fc_norm.")
        ? "ViT classifier that reads the mean of its patches (timm, MAE and MED-PEFT names)" : "ViT classifier (timm names)";
}
