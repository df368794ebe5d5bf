namespace Radapt.Imaging;

/// <summary>What an image file says of itself.</summary>
/// <param name="Format">File format, told by its content.</param>
/// <param name="Width">Pixels a row.</param>
/// <param name="Height">Rows.</param>
/// <param name="Channels">1: gray; 3: colour, palettes included. Alpha is not counted.</param>
/// <param name="Bits">Bits of a decoded sample: 8, or 16 where the file takes 16.</param>
internal sealed record ImageInfo(ImageFormat Format, int Width, int Height, int Channels, int Bits);

/// <summary>The image formats that are read.</summary>
internal enum ImageFormat
{
    /// <summary>Portable Network Graphics.</summary>
    Png,

    /// <summary>JPEG, baseline or progressive.</summary>
    Jpeg,

    /// <summary>DICOM; the first frame.</summary>
    Dicom,
}
