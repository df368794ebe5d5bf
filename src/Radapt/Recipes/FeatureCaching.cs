namespace Radapt.Recipes;

/// <summary>What is done about features of frozen lower blocks.</summary>
public enum FeatureCaching
{
    /// <summary>
    /// Where neither training nor augmentation changes what the lower blocks say of an image, that is computed once and kept in the run
    /// folder while the run lasts.
    /// </summary>
    Auto,

    /// <summary>They are computed in every epoch.</summary>
    Off,
}
