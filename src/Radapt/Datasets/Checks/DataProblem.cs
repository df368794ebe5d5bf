using System.Text.Json.Serialization;

namespace Radapt.Datasets.Checks;

/// <summary>How bad a problem is.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ProblemSeverity>))]
public enum ProblemSeverity
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

/// <summary>What is wrong.</summary>
public enum DataProblemKind
{
    /// <summary>No file.</summary>
    Missing,

    /// <summary>Truncated, damaged, or of a format that is not read.</summary>
    Unreadable,

    /// <summary>Not a radiograph: another modality, several frames, no pixels.</summary>
    Refused,

    /// <summary>A row repeats an image, or a file has the content of another.</summary>
    Duplicate,

    /// <summary>Another file shows the same picture.</summary>
    NearDuplicate,

    /// <summary>A patient has images in two splits.</summary>
    PatientInTwoSplits,

    /// <summary>The same picture has different labels, or 'no finding' goes together with a finding.</summary>
    ContradictoryLabels,

    /// <summary>A finding is present everywhere or nowhere.</summary>
    ConstantLabel,

    /// <summary>An image has no known label.</summary>
    UnknownLabels,

    /// <summary>Hardly any contrast.</summary>
    Blank,

    /// <summary>Large parts are pure white or black.</summary>
    Saturated,

    /// <summary>Looks like the negative of a radiograph.</summary>
    Inverted,

    /// <summary>Unlike the other images in size.</summary>
    OddSize,

    /// <summary>Unlike the other images in format, bits or colour.</summary>
    OddEncoding,

    /// <summary>A label can be told from view, equipment or image size, without the picture.</summary>
    Shortcut,
}

/// <summary>One problem.</summary>
/// <param name="Image">The image's name as the table has it; null: it is about the table.</param>
/// <param name="Kind">What is wrong.</param>
/// <param name="Severity">How bad it is.</param>
/// <param name="What">One sentence; never names a patient.</param>
/// <param name="Other">The image it is compared with.</param>
public sealed record DataProblem(string? Image, DataProblemKind Kind, ProblemSeverity Severity, string What, string? Other = null)
{
    /// <summary>What messages call the image: where the data knows patients, the row of the table instead of a name.</summary>
    public string? ShownImage { get => field ?? Image; init; }

    /// <summary>What messages call the other image.</summary>
    public string? ShownOther { get => field ?? Other; init; }

    /// <summary>The kind as it is written: <c>near-duplicate</c>.</summary>
    public string KindName => NameOf(Kind);

    /// <summary>The severity as it is written: <c>error</c>.</summary>
    public string SeverityName => Severity switch { ProblemSeverity.Error => "error", ProblemSeverity.Warning => "warning", _ => "note" };

    /// <summary>A kind as it is written.</summary>
    public static string NameOf(DataProblemKind kind) =>
        string.Concat(kind.ToString().Select((c, i) => char.IsUpper(c) ? $"{(i > 0 ? "-" : "")}{char.ToLowerInvariant(c)}" : $"{c}"));
}
