namespace Radapt.Datasets.Published;

/// <summary>What becomes of a label that its source calls uncertain (-1 in CheXpert).</summary>
internal enum UncertaintyPolicy
{
    /// <summary>Uncertain and blank labels are unknown: masked out of loss and metrics.</summary>
    Ignore,

    /// <summary>Uncertain counts as absent; so does blank.</summary>
    Zeros,

    /// <summary>Uncertain counts as present; blank as absent.</summary>
    Ones,
}
