using System.Collections.Concurrent;
using Radapt.Imaging;

namespace Radapt.Batching;

/// <summary>
/// Decoded images kept in memory up to a number of bytes, so that a small data set is decoded once. Nothing is evicted: every epoch
/// passes over all images, and the least recently used would always be the next one needed. Any thread may ask at any time.
/// </summary>
/// <param name="bytes">Memory to use at most.</param>
/// <param name="disk">Where images that are not kept come from; null: from their files.</param>
/// <param name="decoding">How files are decoded where there is no <paramref name="disk"/>; null: as is standard.</param>
internal sealed class RadiographCache(long bytes, DiskCache? disk = null, DecodingOptions? decoding = null)
{
    private const int Overhead = 128; // objects and table entry

    private readonly ConcurrentDictionary<string, Radiograph> _images = new();
    private readonly DecodingOptions _decoding = decoding ?? new DecodingOptions();
    private long _used;

    /// <summary>Images kept.</summary>
    public int Count => _images.Count;

    /// <summary>What was remarked on the files so far.</summary>
    public IReadOnlyList<string> Remarks => disk?.Remarks ?? _decoding.Remarks.Lines;

    /// <summary>The image of a file, read unless it is kept.</summary>
    /// <exception cref="RadaptException">The file cannot be read.</exception>
    public Radiograph Get(string path)
    {
        if (_images.TryGetValue(path, out Radiograph? kept))
        {
            return kept;
        }

        Radiograph image = disk is null ? RadiographReader.Read(path, _decoding) : disk.Get(path);
        long size = image.Pixels.LongLength + Overhead;
        if (Interlocked.Add(ref _used, size) > bytes || !_images.TryAdd(path, image))
        {
            Interlocked.Add(ref _used, -size);
        }

        return image;
    }
}
