namespace Radapt.Studies.Design;

/// <summary>What varies in a study; each factor is a section of the study file.</summary>
internal enum StudyFactor
{
    /// <summary>Labelled images.</summary>
    Data,

    /// <summary>What the backbone starts from.</summary>
    Weights,

    /// <summary>How it is adapted, with the options of the method.</summary>
    Method,

    /// <summary>How many of the labels are used.</summary>
    Fraction,

    /// <summary>Seed of everything random, the draw of the label fraction included.</summary>
    Seed,
}
