using Radapt.Datasets;
using Radapt.Datasets.Matching;
using Radapt.Imaging;

namespace Radapt.Batching;

/// <summary>
/// Looks at images on their way into a batch, before the network does: those that a model must not be asked about are kept out. Any
/// thread may ask at any time.
/// </summary>
/// <param name="accepted">The rules; an image is refused if one of them refuses it.</param>
/// <param name="keepsRefused">Refused images go on to the network anyway, and say why they would be refused.</param>
internal sealed class ImageScreen(IReadOnlyList<AcceptedImages> accepted, bool keepsRefused)
{
    /// <summary>Whether refused images go on.</summary>
    public bool KeepsRefused => keepsRefused;

    /// <summary>What the header says, without decoding.</summary>
    public ScreenedImage Header(string path) => Header(new FolderImage(path, Path.GetFileName(path)).WithHeader());

    /// <summary>What the header says, without decoding.</summary>
    public ScreenedImage Header(ImageSource image) => image.Path is { } path ? Header(path)
        : Header(FolderImage.FromMemory(image.Content, image.Name));

    private ScreenedImage Header(FolderImage file) =>
        new(file, accepted.Select(a => a.Refusal(file)).FirstOrDefault(r => r is not null));

    /// <summary>The same with the pixels looked at, unless it is refused already.</summary>
    public ScreenedImage Pixels(ScreenedImage header, Radiograph image) => header.Refusal is not null ? header
        : accepted.Select(a => a.Refusal(image)).FirstOrDefault(r => r is not null) is { } refusal
            ? header with { Refusal = refusal, IsBlank = PictureLevels.Measure(image).IsBlank } : header;
}
