using Radapt.Datasets.Matching;
using Radapt.Imaging;
using Radapt.Imaging.Dicom;

namespace Radapt.Datasets;

/// <summary>
/// Which images a trained model may be asked about: those that could have been among its training images. Saved with the adapter; without
/// that, the values here are those for frontal chest radiographs.
/// </summary>
internal sealed record AcceptedImages
{
    // Far from any radiograph of the chest.
    private const int LeastSide = 16;
    private const int MostAspect = 3;

    // What equipment writes for a chest, in several languages and with other words around; none of them is in another part's name.
    private static readonly string[] s_chest = ["CHEST", "THORA", "TORAX", "LUNG", "RIB", "HEART", "POUMON", "BRUST"];
    private static readonly string[] s_unstated = ["UNKNOWN", "OTHER", "NONE", "DEFAULT", "UNDEFINED", "ANY"];

    /// <summary>Projections, as <c>--views</c> has them.</summary>
    public IReadOnlyList<string> Views { get; init; } = ["frontal"];

    /// <summary>Body Part Examined of training images that are not of the chest.</summary>
    public IReadOnlyList<string> BodyParts { get; init; } = [];

    /// <summary>Images that are mostly pure black or white are accepted, since many training images are.</summary>
    public bool Saturated { get; init; }

    /// <summary>Why an image is refused by what its header says; null: it is not.</summary>
    /// <param name="image">The file, its header read.</param>
    public string? Refusal(FolderImage image) =>
        image.IsUnreadable ? null // decoding says what is wrong
        : image.Refusal is { } kind ? $"not a radiograph: {kind}"
        : image.Identity is not { } identity ? null
        : !new ViewFilter(Views).Accepts(image.View) ? $"view {image.View}, not {string.Join(" or ", Views)}"
        : !IsAccepted(identity.BodyPart) ? $"body part {Shown(identity.BodyPart)}, not the chest"
        : identity.HasContradictoryGray ? "Presentation LUT Shape contradicts Photometric Interpretation: the image may be inverted"
        : null;

    /// <summary>Why an image is refused by its pixels; null: it is not.</summary>
    /// <param name="image">As decoded, full size.</param>
    public string? Refusal(Radiograph image)
    {
        (int shorter, int longer) = (Math.Min(image.Width, image.Height), Math.Max(image.Width, image.Height));
        if (shorter < LeastSide)
        {
            return $"too small: a side of fewer than {LeastSide} pixels";
        }

        if (longer > (long)MostAspect * shorter)
        {
            return $"not the shape of a radiograph: more than {MostAspect} times as long as wide";
        }

        var levels = PictureLevels.Measure(image);
        return levels.IsBlank ? "blank: 98 % of its pixels are within 16 of 256 gray levels"
            + (image.SourceBits == 16 ? "; its 16-bit values may use only a few of their bits, or the window may not cover them" : "")
            : levels.IsSaturated && !Saturated
            ? levels.IsTooWhite ? "more than 40 % of its pixels are pure white" : "more than 75 % of its pixels are pure black"
            : null;
    }

    /// <summary>Whether a stated body part is the chest.</summary>
    public static bool IsChest(string bodyPart) => s_chest.Any(c => bodyPart.Contains(c, StringComparison.OrdinalIgnoreCase));

    /// <summary>Whether a header states a body part.</summary>
    public static bool IsStated(string bodyPart) => bodyPart.Length > 0 && !s_unstated.Contains(bodyPart);

    private bool IsAccepted(string bodyPart) => !IsStated(bodyPart) || IsChest(bodyPart) || BodyParts.Contains(bodyPart);

    private static string Shown(string bodyPart) => DicomCodes.IsBodyPart(bodyPart) ? bodyPart : "of an unknown name";
}
