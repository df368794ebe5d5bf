using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Radapt;

/// <summary>Writes files so that a reader, or a power cut, sees the old content or the new, never a part.</summary>
internal static partial class AtomicFile
{
    // Arrays of 85,000 bytes and more are collected with the oldest ones only: a run that saves its state every epoch would heap them up.
    private const int BufferBytes = 1 << 16;
    private const int MoveAttempts = 10;

    private static readonly ConcurrentDictionary<string, bool> s_unfinished = new(StringComparer.Ordinal);
    private static long s_count;

    /// <summary>Writes to a temporary name in the same folder, flushes to the disk, renames. On an error the old file stays.</summary>
    /// <exception cref="RadaptException">The folder cannot be written.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        string full = Path.GetFullPath(path);
        string temporary = TemporaryName(full);
        s_unfinished[temporary] = true;
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, BufferBytes))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            Replace(temporary, full);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw RadaptException.In(path, $"cannot be written ({e.Message}). Choose a folder with write access and free space.", e);
        }
        finally
        {
            Remove(temporary);
        }
    }

    /// <summary>The same for text, UTF-8 without a byte order mark.</summary>
    public static void WriteText(string path, string text) => Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(text)));

    /// <summary>
    /// Whether a file's name is one that <see cref="Write"/> gives to what will become <paramref name="name"/>, in this process or another.
    /// </summary>
    public static bool IsTemporaryNameOf(string fileName, string name) =>
        fileName.StartsWith(name, StringComparison.Ordinal) && TemporaryEnding().IsMatch(fileName.AsSpan(name.Length));

    /// <summary>Removes what this process is writing at the moment; for a process that is about to end.</summary>
    public static void RemoveUnfinished()
    {
        foreach (string temporary in s_unfinished.Keys)
        {
            try
            {
                Remove(temporary);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It stays, under a name that says whose it was.
            }
        }
    }

    // Windows refuses to replace a file while a virus scanner, an indexer or a reader without FileShare.Delete has it open: for moments.
    private static void Replace(string temporary, string path)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                File.Move(temporary, path, overwrite: true);
                return;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException
                && OperatingSystem.IsWindows() && attempt < MoveAttempts && File.Exists(temporary))
            {
                Thread.Sleep(attempt * attempt * 5); // 1.4 s in all
            }
        }
    }

    // The name carries its owner: process, when that started, which of its files.
    private static string TemporaryName(string path) => string.Create(
        CultureInfo.InvariantCulture,
        $"{path}.radapt-{Environment.ProcessId}-{ProcessOwner.This.Started.UtcTicks:x}-{Interlocked.Increment(ref s_count)}.tmp");

    private static void Remove(string temporary)
    {
        s_unfinished.TryRemove(temporary, out _);
        if (File.Exists(temporary))
        {
            File.Delete(temporary);
        }
    }

    [GeneratedRegex(@"^\.radapt-[0-9]+-[0-9a-f]+-[0-9]+\.tmp$", RegexOptions.CultureInvariant)]
    private static partial Regex TemporaryEnding();
}
