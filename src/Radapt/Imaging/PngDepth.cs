using System.Collections.Concurrent;

namespace Radapt.Imaging;

/// <summary>
/// How many of their 16 bits the samples of a data set's PNG files use. Exports often write the 10, 12 or 14 bits of the equipment as they
/// are; read as 16 bits, such images are nearly black.
/// </summary>
/// <param name="Bits">8, 10, 12, 14 or 16.</param>
/// <param name="Largest">The largest sample found.</param>
/// <param name="Images">16-bit files that were looked at.</param>
internal sealed record PngDepth(int Bits, int Largest, int Images)
{
    /// <summary>All bits of a 16-bit file.</summary>
    public const int Full = 16;

    private const int MostProbed = 256; // files whose header is read
    private const int MostDecoded = 64; // of those with 16 bits
    private static readonly int[] s_depths = [8, 10, 12, 14, Full];

    /// <summary>Looks at some of the files, evenly spaced.</summary>
    /// <param name="paths">Files of any format.</param>
    /// <returns>Null where none of them is a 16-bit PNG file that can be read.</returns>
    public static PngDepth? Measure(IReadOnlyList<string> paths)
    {
        string[] deep = [.. Spaced(Spaced(paths, MostProbed).AsParallel().AsOrdered().Where(Is16Bit).ToArray(), MostDecoded)];
        var largest = new ConcurrentBag<int>();
        Parallel.ForEach(deep, path =>
        {
            try
            {
                largest.Add(RadiographReader.LargestSample(path));
            }
            catch (RadaptException)
            {
                // whoever reads the images says so
            }
        });
        return largest.IsEmpty ? null
            : new PngDepth(s_depths.First(bits => largest.Max() >> bits == 0), largest.Max(), largest.Count);
    }

    private static bool Is16Bit(string path)
    {
        try
        {
            return RadiographReader.Probe(path) is { Format: ImageFormat.Png, Bits: Full };
        }
        catch (RadaptException)
        {
            return false;
        }
    }

    private static IEnumerable<string> Spaced(IReadOnlyList<string> paths, int most) => paths.Count <= most ? paths
        : Enumerable.Range(0, most).Select(i => paths[(int)((long)i * paths.Count / most)]);
}
