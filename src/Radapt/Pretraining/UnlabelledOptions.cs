using Radapt.Options;

namespace Radapt.Pretraining;

/// <summary>Where images without labels come from.</summary>
internal sealed record UnlabelledOptions
{
    /// <summary>Most images that are held out, whatever their share: a loss needs no more.</summary>
    public const int MostHeldOut = 1000;

    /// <summary>Folders, files and patterns.</summary>
    [Option("images", "Image files, folders (PNG, JPEG and DICOM at any depth) and patterns such as 'scans/**/*.png'.",
        ValueName = "PATH,PATH", IsPath = true, MayChangeOnResume = true)]
    public IReadOnlyList<string> Images { get; init; } = [];

    /// <summary>Files that list images to leave out.</summary>
    [Option("exclude", "Files that list images to leave out, such as a test set's: a table or list whose lines begin with a file name. "
        + "A name of ChestX-ray14 (00001234_005.png) leaves out all images of that patient.", ValueName = "FILE,FILE", IsPath = true)]
    public IReadOnlyList<string> Exclude { get; init; } = [];

    /// <summary>Share of the images that are not learned from; their loss is measured.</summary>
    [Option("held-out", "Share of the images, whole patients, to hold out and measure the loss on; at most 1,000 images.",
        ValueName = "SHARE", Reason = "Radapt's choice: shows whether the model learns more than its training images")]
    public Share HeldOut { get; init; } = new(0.05);
}
