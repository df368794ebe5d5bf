using System.Collections.Concurrent;
using Radapt.Imaging.Dicom;

namespace Radapt.Imaging;

/// <summary>Where an image comes from: a file, or memory. Nothing is read before it is needed.</summary>
public sealed class ImageSource
{
    private readonly ConcurrentDictionary<(DicomScale, int), Lazy<Radiograph>>? _decoded; // by what it is decoded by

    private ImageSource(string name, string? path, ReadOnlyMemory<byte> content, bool keepsPixels = false)
    {
        (Name, Path, Content) = (name, path, content);
        _decoded = keepsPixels ? new ConcurrentDictionary<(DicomScale, int), Lazy<Radiograph>>() : null;
    }

    /// <summary>What results and errors call the image.</summary>
    public string Name { get; }

    /// <summary>Its file; null: it is in memory.</summary>
    internal string? Path { get; }

    /// <summary>Its bytes where it is in memory.</summary>
    internal ReadOnlyMemory<byte> Content { get; }

    /// <summary>An image file.</summary>
    /// <param name="path">PNG, JPEG or DICOM, told by its content.</param>
    public static implicit operator ImageSource(string path) => FromFile(path);

    /// <inheritdoc cref="op_Implicit(string)"/>
    public static ImageSource FromFile(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return new ImageSource(path, path, default);
    }

    /// <summary>An image in memory.</summary>
    /// <param name="content">The content of a PNG, JPEG or DICOM file. It must not change until the image is predicted.</param>
    /// <param name="name">What results and errors call it.</param>
    public static ImageSource FromMemory(ReadOnlyMemory<byte> content, string name = "image")
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return new ImageSource(name, null, content);
    }

    /// <summary>An image from a stream, which is read to its end.</summary>
    /// <param name="stream">The content of a PNG, JPEG or DICOM file; the caller disposes it.</param>
    /// <param name="name">What results and errors call it.</param>
    /// <param name="largest">Most bytes that are read; null: 512 MiB.</param>
    /// <param name="cancellation">Ends reading.</param>
    /// <exception cref="RadaptException">The stream is longer.</exception>
    public static async Task<ImageSource> FromStreamAsync(
        Stream stream, string name = "image", long? largest = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        long most = Math.Min(largest ?? RadiographReader.LargestFile, RadiographReader.LargestFile);
        var content = new MemoryStream();
        var buffer = new byte[81920];
        int read;
        while ((read = await stream.ReadAsync(buffer, cancellation).ConfigureAwait(false)) > 0)
        {
            if (content.Length + read > most)
            {
                throw RadaptException.In(name, $"images of up to {most:N0} bytes are read; this one is larger.");
            }

            content.Write(buffer, 0, read);
        }

        return FromMemory(content.GetBuffer().AsMemory(0, (int)content.Length), name);
    }

    /// <summary>The same image for several models: it is decoded once for all that decode it alike, and holds the pixels.</summary>
    internal ImageSource DecodedOnce() => new(Name, Path, Content, keepsPixels: true);

    /// <summary>The pixels.</summary>
    /// <exception cref="RadaptException">As <see cref="RadiographReader.Read(string, DecodingOptions)"/>.</exception>
    internal Radiograph Decode(DecodingOptions options) => _decoded is null ? Read(options)
        : _decoded.GetOrAdd((options.Scale, options.PngBits), _ => new Lazy<Radiograph>(() => Read(options))).Value;

    private Radiograph Read(DecodingOptions options) =>
        Path is null ? RadiographReader.Read(Content, Name, options) : RadiographReader.Read(Path, options);
}
