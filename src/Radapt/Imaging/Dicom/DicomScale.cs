using System.Text.Json.Serialization;

namespace Radapt.Imaging.Dicom;

/// <summary>How the gray values of a DICOM file become 8 bits. It belongs to trained weights and is stored with them.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DicomScale>))]
public enum DicomScale
{
    /// <summary>The file's VOI lookup table, else its first window, else <see cref="Percentile"/>.</summary>
    [JsonStringEnumMemberName("voi")]
    Voi,

    /// <summary>Percentiles 1 and 99 of the values after the modality transform become black and white.</summary>
    [JsonStringEnumMemberName("percentile")]
    Percentile,

    /// <summary>As the paper does it for RSNA: stored values x 255 / their maximum, without modality transform and window.</summary>
    [JsonStringEnumMemberName("max")]
    Max,
}
