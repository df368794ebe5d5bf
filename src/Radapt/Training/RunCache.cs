using System.Globalization;
using Radapt.Batching;
using Radapt.Datasets;
using Radapt.Imaging;
using Radapt.Imaging.Dicom.Codecs;
using Radapt.Recipes;
using Radapt.Runs;

namespace Radapt.Training;

/// <summary>
/// The disk caches of a run. At full size training and evaluation share one. A smaller size is for training images alone: those of
/// evaluation
/// are then stored at the very size that evaluation resizes to, which changes none of its pixels.
/// </summary>
internal sealed class RunCache
{
    private readonly int _size;

    private RunCache(string folder, int size, int resize, DecodingOptions decoding)
    {
        _size = size;
        Training = new DiskCache(folder, size, decoding: decoding);
        Evaluation = size is 0 || size == resize ? Training : new DiskCache(folder, resize, decoding: decoding);
    }

    /// <summary>Training images.</summary>
    public DiskCache Training { get; }

    /// <summary>Validation and test images.</summary>
    public DiskCache Evaluation { get; }

    /// <summary>Lines to show before the run.</summary>
    public IReadOnlyList<string> Notes => _size == 0 ? [] :
    [
        string.Create(CultureInfo.InvariantCulture,
            $"Training images are cached with a shorter side of {_size} px: random crops are cut from these and are ")
        + "coarser than those of full-size images. Validation and test see the same pixels as without a cache.",
    ];

    /// <summary>What went wrong so far, a line each; the images are right anyway.</summary>
    public IEnumerable<string> Problems => new[] { Training.Problem, Evaluation.Problem }.OfType<string>().Distinct();

    /// <summary>The caches that a recipe asks for; null: none.</summary>
    /// <param name="data">Says where, and at which size.</param>
    /// <param name="pixels">How files become pixels.</param>
    /// <param name="codecs">Where JPEG-LS and JPEG 2000 are decoded; null: nowhere.</param>
    /// <exception cref="RadaptException">The folder cannot be made.</exception>
    public static RunCache? Open(DataOptions data, PixelOptions pixels, CodecProcess? codecs) => data.Cache is null ? null
        : new RunCache(data.Cache, data.CacheSize, pixels.Resize, new DecodingOptions(pixels.DicomScale, codecs)
        {
            PngBits = pixels.PngBits,
        });

    /// <summary>
    /// What <c>run.json</c> says: the folder, the stored size, whether training saw the pixels it would see without a cache.
    /// </summary>
    public RunCacheRecord Record => new()
    {
        Folder = Training.Folder,
        ShorterSide = _size,
        SamePixels = _size == 0,
        Problem = Problems.FirstOrDefault(),
    };
}
