namespace Radapt.Pacs.Results;

/// <summary>A result as a DICOM file.</summary>
/// <param name="SopInstanceUid">Its identifier, which is also its file's name: nothing of a patient is in it.</param>
/// <param name="SopClassUid">What kind of object it is.</param>
/// <param name="File">The bytes.</param>
internal sealed record DicomResult(string SopInstanceUid, string SopClassUid, byte[] File)
{
    /// <summary>The ending of the files.</summary>
    public const string Extension = ".dcm";

    /// <summary>The name of its file.</summary>
    public string FileName => SopInstanceUid + Extension;
}
