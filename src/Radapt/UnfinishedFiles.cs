namespace Radapt;

/// <summary>Files that this process is in the middle of writing, under temporary names.</summary>
internal static class UnfinishedFiles
{
    /// <summary>Removes them; for an application that is about to end in the middle.</summary>
    public static void Remove() => AtomicFile.RemoveUnfinished();
}
