using System.Text.Json.Serialization;

namespace Radapt.Datasets.Checks;

/// <summary>How bad a problem is.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ProblemSeverity>))]
internal enum ProblemSeverity
{
    /// <summary>Figures would be wrong or a training refuse: the exit code is 3.</summary>
    [JsonStringEnumMemberName("error")]
    Error,

    /// <summary>Probably a mistake; somebody should look.</summary>
    [JsonStringEnumMemberName("warning")]
    Warning,

    /// <summary>Unlike the rest, which may well be right.</summary>
    [JsonStringEnumMemberName("note")]
    Note,
}
