namespace Radapt.Datasets;

/// <summary>Where the patient of an image is stated.</summary>
public enum PatientSource
{
    /// <summary>In the label table.</summary>
    Table,

    /// <summary>In the header of the DICOM file.</summary>
    Header,
}
