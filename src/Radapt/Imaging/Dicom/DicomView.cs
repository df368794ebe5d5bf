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
