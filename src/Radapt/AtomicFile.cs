namespace Radapt;

/// <summary>Writes files so that a reader, or a power cut, sees the old content or the new, never a part.</summary>
internal static class AtomicFile
{
    /// <summary>Writes to a temporary name in the same folder, flushes to the disk, renames. On an error the old file stays.</summary>
    /// <exception cref="RadaptException">The folder cannot be written.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        string full = Path.GetFullPath(path);
        string temporary = $"{full}.{Environment.ProcessId}-{Environment.CurrentManagedThreadId}.tmp";
        try
        {
            using (var stream = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 20))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, full, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw RadaptException.In(path, $"cannot be written ({e.Message}). Choose a folder with write access and free space.", e);
        }
        finally
        {
            if (File.Exists(temporary))
            {
                File.Delete(temporary);
            }
        }
    }

    /// <summary>The same for text, UTF-8 without a byte order mark.</summary>
    public static void WriteText(string path, string text) => Write(path, stream => stream.Write(System.Text.Encoding.UTF8.GetBytes(text)));
}
