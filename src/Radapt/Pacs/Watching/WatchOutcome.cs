using System.Text.Json.Serialization;

namespace Radapt.Pacs.Watching;

/// <summary>What became of a file in a watched folder.</summary>
internal enum WatchOutcome
{
    /// <summary>Work on it has begun; nothing is known yet.</summary>
    [JsonStringEnumMemberName("begun")]
    Begun,

    /// <summary>It has results.</summary>
    [JsonStringEnumMemberName("done")]
    Done,

    /// <summary>The models must not be asked about it.</summary>
    [JsonStringEnumMemberName("refused")]
    Refused,

    /// <summary>It cannot be read, or results cannot refer to it.</summary>
    [JsonStringEnumMemberName("failed")]
    Failed,

    /// <summary>It is not DICOM.</summary>
    [JsonStringEnumMemberName("skipped")]
    Skipped,
}

/// <summary>A line of the journal of a watched folder.</summary>
/// <param name="Stamp">Hash of the file's path below the folder, its length and its time, 32 hexadecimal digits.</param>
/// <param name="Outcome">What became of it.</param>
internal sealed record WatchEntry(string Stamp, WatchOutcome Outcome)
{
    /// <summary>What messages call the file: the beginning of its SHA-256, or its name where names may be shown; null: neither.</summary>
    public string? File { get; init; }

    /// <summary>Why it has no results; null: it has.</summary>
    public string? Reason { get; init; }

    /// <summary>How many results were new.</summary>
    public int Results { get; init; }

    /// <summary>When, in UTC.</summary>
    public DateTimeOffset At { get; init; }
}
