using System.IO.Hashing;
using Radapt.Imaging;

namespace Radapt.Datasets.Splits;

/// <summary>
/// Finds files of the same content and reads little for it: the whole file only where another has the same length and the same last few
/// KiB, which
/// of compressed images hardly ever happens by chance.
/// </summary>
internal static class IdenticalFiles
{
    private const int TailBytes = 4096;

    /// <summary>For every file the number of the first one with the same content, its own if there is none.</summary>
    /// <exception cref="RadaptException">A file cannot be read; its place is the file's path.</exception>
    public static int[] First(IReadOnlyList<string> paths, CancellationToken cancellation = default)
    {
        int[] first = [.. Enumerable.Range(0, paths.Count)];
        foreach (int[] sameLength in Alike(first, i => Read(paths[i], static p => RegularFile.Length(p))))
        {
            foreach (int[] sameTail in Alike(sameLength, i => Read(paths[i], Tail)))
            {
                foreach (int[] same in Alike(sameTail, i => Read(paths[i], Whole)))
                {
                    foreach (int i in same)
                    {
                        first[i] = same[0];
                    }
                }
            }
        }

        return first;

        IEnumerable<int[]> Alike<T>(IEnumerable<int> files, Func<int, T> key) =>
            [.. files.GroupBy(i =>
            {
                cancellation.ThrowIfCancellationRequested();
                return key(i);
            }).Select(g => g.ToArray()).Where(g => g.Length > 1)];
    }

    private static UInt128 Tail(string path)
    {
        using FileStream file = RegularFile.OpenRead(path);
        file.Position = Math.Max(0, file.Length - TailBytes);
        Span<byte> tail = stackalloc byte[TailBytes];
        return XxHash128.HashToUInt128(tail[..file.ReadAtLeast(tail, TailBytes, throwOnEndOfStream: false)]);
    }

    private static UInt128 Whole(string path)
    {
        using FileStream file = RegularFile.OpenRead(path);
        var hash = new XxHash128();
        hash.Append(file);
        return hash.GetCurrentHashAsUInt128();
    }

    private static T Read<T>(string path, Func<string, T> read)
    {
        try
        {
            return read(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw RadaptException.In(path, $"the image file cannot be read: {RadiographReader.Reason(e)}", e);
        }
    }
}
