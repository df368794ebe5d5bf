namespace Radapt.Imaging.Dicom;

/// <summary>The side of the body that a file says it shows.</summary>
internal enum DicomLaterality
{
    /// <summary>Not stated.</summary>
    Unknown,

    /// <summary>Right.</summary>
    Right,

    /// <summary>Left.</summary>
    Left,

    /// <summary>Both, or a part that is not paired.</summary>
    Both,
}
