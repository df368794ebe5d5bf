namespace Radapt.Imaging.Dicom;

/// <summary>The projection of a radiograph.</summary>
internal enum DicomView
{
    /// <summary>Not stated.</summary>
    Unknown,

    /// <summary>Posterior to anterior: frontal.</summary>
    PosteroAnterior,

    /// <summary>Anterior to posterior: frontal.</summary>
    AnteroPosterior,

    /// <summary>From one side.</summary>
    Lateral,

    /// <summary>Stated, and none of these.</summary>
    Other,
}
