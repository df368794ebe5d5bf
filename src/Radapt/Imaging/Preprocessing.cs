using Radapt.Imaging.Dicom;

namespace Radapt.Imaging;

/// <summary>
/// What the evaluation transform does to an image: shorter side to <see cref="Resize"/>, centre crop of <see cref="ImageSize"/>, gray in
/// [0, 1], minus
/// <see cref="Mean"/>, divided by <see cref="Std"/>. It belongs to trained weights and is stored with them.
/// </summary>
/// <param name="ImageSize">Side of the network's input in pixels; at least 1.</param>
/// <param name="Resize">Shorter side after resizing in pixels; at least 1. Below <paramref name="ImageSize"/> the crop is padded with
/// black.</param>
/// <param name="Mean">Mean gray value in [0, 1].</param>
/// <param name="Std">Standard deviation of the gray values; positive.</param>
/// <param name="DicomScale">How DICOM values become gray levels before all that.</param>
public sealed record Preprocessing(int ImageSize, int Resize, double Mean, double Std, DicomScale DicomScale = DicomScale.Voi)
{
    /// <summary>Whether images can be prepared so: what a file says may be none of this.</summary>
    internal bool IsSound => ImageSize >= 1 && Resize is >= 1 and <= 65536 && Mean is >= 0 and <= 1
        && Std is > 0 and < double.PositiveInfinity && Enum.IsDefined(DicomScale);
}
