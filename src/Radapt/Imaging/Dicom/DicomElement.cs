namespace Radapt.Imaging.Dicom;

/// <summary>Where a data element's value is in the data set's bytes.</summary>
/// <param name="Tag">The tag.</param>
/// <param name="Vr">Value representation, its two letters as a number (<see cref="DicomVr"/>); 0 in implicit data sets, which do not state
/// it.</param>
/// <param name="Offset">First byte of the value.</param>
/// <param name="Length">Bytes of the value; <see cref="Undefined"/>: it ends by a delimiter.</param>
internal readonly record struct DicomElement(DicomTag Tag, ushort Vr, int Offset, uint Length)
{
    public const uint Undefined = uint.MaxValue;
}
