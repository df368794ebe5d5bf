using Microsoft.Win32.SafeHandles;

namespace Radapt.Checkpoints;

/// <summary>
/// Reads ranges of a file straight into the caller's memory. Positioned reads rather than a mapping: a file that shrinks while it is
/// read ends as an exception instead of a bus error, and only the tensor's own memory counts towards the process. Weights that are part
/// of the library (<see cref="ShippedWeights"/>) are in memory already.
/// </summary>
internal sealed class FileBytes : IDisposable
{
    private const int Piece = 64 << 20; // far below the 2 GB that one read call takes

    private readonly SafeFileHandle? _handle;
    private readonly byte[]? _content; // of what is not a file

    private FileBytes(string path, SafeFileHandle handle)
    {
        Path = path;
        _handle = handle;
        Length = RandomAccess.GetLength(handle);
    }

    private FileBytes(string name, byte[] content) => (Path, _content, Length) = (name, content, content.Length);

    public string Path { get; }

    public long Length { get; }

    /// <exception cref="RadaptException">The file is missing, may not be read, or is not a regular file.</exception>
    public static FileBytes Open(string path)
    {
        if (ShippedWeights.IsNamed(path))
        {
            return new FileBytes(path, ShippedWeights.Read(path));
        }

        RegularFile.Require(path);
        try
        {
            return new FileBytes(path, File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete));
        }
        catch (Exception failure) when (failure is FileNotFoundException or DirectoryNotFoundException)
        {
            throw RadaptException.In(path, "there is no such file; check the path.", failure);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw RadaptException.In(path, $"this file cannot be opened: {failure.Message}", failure);
        }
    }

    /// <summary>Fills the span with the bytes at an offset.</summary>
    public void Read(long offset, Span<byte> into)
    {
        try
        {
            while (into.Length > 0)
            {
                int read = ReadSome(offset, into);
                if (read <= 0)
                {
                    throw Damaged($"it ends at byte {offset}, in the middle of its data");
                }

                into = into[read..];
                offset += read;
            }
        }
        catch (IOException failure)
        {
            throw RadaptException.In(Path, $"this file cannot be read at byte {offset}: {failure.Message}", failure);
        }
    }

    /// <summary>Fills memory of any size; <paramref name="seen"/> is shown each piece as it arrives.</summary>
    public unsafe void Read(long offset, nint into, long length, Action<ReadOnlySpan<byte>>? seen = null)
    {
        for (long done = 0; done < length; done += Piece)
        {
            var piece = new Span<byte>((byte*)into + done, (int)Math.Min(Piece, length - done));
            Read(offset + done, piece);
            seen?.Invoke(piece);
        }
    }

    /// <summary>The error for content that breaks its format.</summary>
    public RadaptException Damaged(string defect, Exception? cause = null) =>
        RadaptException.In(Path,
            $"this file is damaged or not a checkpoint that Radapt can read: {defect}. Copy or download it "
                + "again, or save it again from its source.",
            cause);

    public void Dispose() => _handle?.Dispose();

    private int ReadSome(long offset, Span<byte> into)
    {
        if (_content is null)
        {
            return RandomAccess.Read(_handle!, into, offset);
        }

        int there = (int)Math.Clamp(Length - offset, 0, into.Length);
        _content.AsSpan((int)Math.Min(offset, Length), there).CopyTo(into);
        return there;
    }
}
