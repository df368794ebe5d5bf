namespace Radapt.Pacs;

/// <summary>From one DICOM image to its results.</summary>
internal interface IInstanceAnalysis
{
    /// <summary>Makes the results of an image. Any thread may ask at any time.</summary>
    /// <param name="file">A DICOM file, whole.</param>
    /// <param name="name">What error messages call it; nothing of a patient.</param>
    /// <exception cref="RadaptException">It is damaged or not DICOM, lacks an identifier that results need, or needs a codec that is not
    /// there; <see cref="RadaptException.Place"/> is the name. Another place: the run cannot be used any more.</exception>
    InstanceResults Analyse(byte[] file, string name);
}
