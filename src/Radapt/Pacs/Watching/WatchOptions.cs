namespace Radapt.Pacs.Watching;

/// <summary>How a folder is watched.</summary>
/// <param name="Folder">The folder.</param>
internal sealed record WatchOptions(string Folder)
{
    /// <summary>Time between two looks at the folder.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>A file is taken when neither its length nor its time has changed for so long: until then it may still be written.</summary>
    public TimeSpan Settle { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Files with results are removed from the folder.</summary>
    public bool RemovesDone { get; init; }

    /// <summary>Messages and the journal name files; else the beginning of a file's SHA-256 stands for it.</summary>
    public bool PlainNames { get; init; }
}
