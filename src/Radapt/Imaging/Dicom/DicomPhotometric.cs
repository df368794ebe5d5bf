namespace Radapt.Imaging.Dicom;

/// <summary>What stored values mean (PS3.3, C.7.6.3.1.2).</summary>
internal enum DicomPhotometric
{
    /// <summary>Gray; the smallest value is white.</summary>
    Monochrome1,

    /// <summary>Gray; the smallest value is black.</summary>
    Monochrome2,

    /// <summary>Index into tables of red, green and blue.</summary>
    Palette,

    /// <summary>Red, green, blue.</summary>
    Rgb,

    /// <summary>Luminance and two colour differences, all at full resolution (ITU-R BT.601).</summary>
    YbrFull,

    /// <summary>The same with colour differences of half the horizontal resolution.</summary>
    YbrFull422,

    /// <summary>Colour as JPEG and JPEG 2000 store it; their decoders turn it into red, green and blue.</summary>
    YbrCompressed,
}
