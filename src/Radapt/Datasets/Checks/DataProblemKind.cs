namespace Radapt.Datasets.Checks;

/// <summary>What is wrong.</summary>
internal enum DataProblemKind
{
    /// <summary>No file.</summary>
    Missing,

    /// <summary>Truncated, damaged, or of a format that is not read.</summary>
    Unreadable,

    /// <summary>Not a radiograph: another modality, several frames, no pixels.</summary>
    Refused,

    /// <summary>A row repeats an image, or a file has the content of another.</summary>
    Duplicate,

    /// <summary>Another file shows the same picture.</summary>
    NearDuplicate,

    /// <summary>A patient has images in two splits.</summary>
    PatientInTwoSplits,

    /// <summary>Table and DICOM headers say different things of who is the same patient.</summary>
    PatientContradiction,

    /// <summary>The same picture has different labels, or 'no finding' goes together with a finding.</summary>
    ContradictoryLabels,

    /// <summary>A finding is present everywhere or nowhere.</summary>
    ConstantLabel,

    /// <summary>An image has no known label.</summary>
    UnknownLabels,

    /// <summary>Hardly any contrast.</summary>
    Blank,

    /// <summary>Large parts are pure white or black.</summary>
    Saturated,

    /// <summary>Looks like the negative of a radiograph.</summary>
    Inverted,

    /// <summary>Not a frontal view, by table or header, so that a training does not use it unless asked.</summary>
    OtherView,

    /// <summary>Not of the chest, by its header.</summary>
    OtherBodyPart,

    /// <summary>Unlike the other images in size.</summary>
    OddSize,

    /// <summary>Unlike the other images in format, bits or colour.</summary>
    OddEncoding,

    /// <summary>A label can be told from view, equipment or image size, without the picture.</summary>
    Shortcut,
}
