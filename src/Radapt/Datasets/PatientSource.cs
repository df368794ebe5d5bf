namespace Radapt.Datasets;

/// <summary>Where it stands whose image it is.</summary>
public enum PatientSource
{
    /// <summary>In the label table.</summary>
    Table,

    /// <summary>In the header of the DICOM file.</summary>
    Header,
}
