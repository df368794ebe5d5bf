using Radapt.Pacs.Results;

namespace Radapt.Pacs;

/// <summary>
/// The folder that results are written to. Where they are to be sent, each waits in <c>unsent</c> until the archive has it, and is then
/// moved up, so that an interruption at any moment loses none. A result that is there already is not written again.
/// </summary>
/// <param name="path">The folder.</param>
/// <param name="sends">Results are to be sent.</param>
internal sealed class ResultFolder(string path, bool sends)
{
    /// <summary>The folder of results that wait to be sent.</summary>
    public const string UnsentName = "unsent";

    private static readonly TimeSpan s_abandoned = TimeSpan.FromHours(1); // no result takes nearly as long to write

    private readonly string _unsent = Path.Combine(path, UnsentName);

    /// <summary>Makes the folders, and removes what a process that was killed has left half written.</summary>
    /// <exception cref="RadaptException">They cannot be made.</exception>
    public void Create()
    {
        try
        {
            Directory.CreateDirectory(sends ? _unsent : path);
            foreach (FileInfo file in new[] { path, _unsent }.Where(Directory.Exists)
                .SelectMany(f => new DirectoryInfo(f).EnumerateFiles($"*{DicomResult.Extension}.*"))
                .Where(f => IsHalfWritten(f.Name) && DateTime.UtcNow - f.LastWriteTimeUtc > s_abandoned))
            {
                file.Delete();
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw RadaptException.In(path, $"the folder for results cannot be made ({e.Message}). Choose another --out.", e);
        }
    }

    /// <summary>Writes a result, whole or not at all.</summary>
    /// <returns>Whether it is new.</returns>
    /// <exception cref="RadaptException">It cannot be written.</exception>
    public bool Add(DicomResult result)
    {
        string final = Path.Combine(path, result.FileName), waiting = Path.Combine(_unsent, result.FileName);
        if (File.Exists(final) || File.Exists(waiting))
        {
            return false;
        }

        AtomicFile.Write(sends ? waiting : final, stream => stream.Write(result.File));
        return true;
    }

    /// <summary>Results that wait to be sent, oldest first.</summary>
    public IReadOnlyList<string> Unsent() => !Directory.Exists(_unsent) ? []
        : [.. new DirectoryInfo(_unsent).EnumerateFiles("*" + DicomResult.Extension).OrderBy(f => f.LastWriteTimeUtc)
            .ThenBy(f => f.Name, StringComparer.Ordinal).Select(f => f.FullName)];

    /// <summary>Notes that the archive has a result.</summary>
    /// <exception cref="RadaptException">It cannot be moved.</exception>
    public void MarkSent(string unsent)
    {
        try
        {
            File.Move(unsent, Path.Combine(path, Path.GetFileName(unsent)), overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw RadaptException.In(path, $"a result that was sent cannot be moved ({e.Message}). Choose a folder with write access.", e);
        }
    }

    private static bool IsHalfWritten(string name)
    {
        int end = name.IndexOf(DicomResult.Extension, StringComparison.Ordinal) + DicomResult.Extension.Length;
        return AtomicFile.IsTemporaryNameOf(name, name[..end]);
    }
}
