using NetVips;

namespace Radapt.Imaging;

/// <summary>
/// The process-wide settings of libvips, which decodes images. Applications set them once at start; the library never does.
/// </summary>
public static class ImageLibrary
{
    /// <summary>
    /// One worker thread (images are decoded in parallel with each other, not each by many threads), no cache of operations (it would hold
    /// on to
    /// files that are read once), and no warnings of the decoders on standard error (what matters becomes a <see cref="RadaptException"/>).
    /// Decoding gives the same pixels without this call.
    /// </summary>
    /// <exception cref="RadaptException">libvips is missing.</exception>
    public static void Configure()
    {
        NativeLibraries.RequireImages();
        NetVips.NetVips.Concurrency = 1;
        Cache.Max = 0;
        Log.SetLogHandler("VIPS", Enums.LogLevelFlags.Warning, static (_, _, _) => { });
    }
}
