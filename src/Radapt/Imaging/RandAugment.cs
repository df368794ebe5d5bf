using System.Buffers;
using Radapt.Compute;

namespace Radapt.Imaging;

/// <summary>The operations of RandAugment's "increasing" set: the larger the magnitude, the stronger each.</summary>
internal enum RandAugmentOperation
{
    AutoContrast,
    Equalize,
    Invert,
    Rotate,
    Posterize,
    Solarize,
    SolarizeAdd,
    Color,
    Contrast,
    Brightness,
    Sharpness,
    ShearX,
    ShearY,
    TranslateX,
    TranslateY,
}

/// <summary>
/// RandAugment (Cubuk et al. 2020) as the paper's AdamW recipes set timm's: two operations an image, drawn with replacement, each carried
/// out with
/// probability 0.5 at a magnitude of 9 of 10 with a spread of 0.5.
/// </summary>
/// <remarks>
/// It works on gray pixels, where upstream works on three equal channels. Two things follow: <see cref="RandAugmentOperation.Color"/> does
/// nothing, and
/// what a moved image uncovers is gray, where upstream fills with a dark red that later operations of the same image treat channel by
/// channel.
/// </remarks>
internal static class RandAugment
{
    private const int Layers = 2;
    private const double Probability = 0.5;
    private const double Magnitude = 9;
    private const double Spread = 0.5; // standard deviation of the magnitude
    private const double MostMagnitude = 10;
    private const double MostDegrees = 30;
    private const double MostShear = 0.3;
    private const double MostShift = 0.45; // of the side
    private const double MostEnhancement = 0.9;
    private const double MostAdded = 110; // levels

    /// <summary>All fifteen.</summary>
    public static IReadOnlyList<RandAugmentOperation> All { get; } = Enum.GetValues<RandAugmentOperation>();

    /// <summary>
    /// Those after which a radiograph is still one: without what turns black and white around, wholly or in part, or leaves one to three
    /// bits of
    /// the gray values, and without <see cref="RandAugmentOperation.Color"/>.
    /// </summary>
    public static IReadOnlyList<RandAugmentOperation> Safe { get; } =
    [
        .. All.Except([
            RandAugmentOperation.Invert, RandAugmentOperation.Posterize, RandAugmentOperation.Solarize, RandAugmentOperation.SolarizeAdd,
            RandAugmentOperation.Color]),
    ];

    /// <summary>
    /// The gray level of what a moved image uncovers. Upstream fills with the mean alone as a colour, which Pillow takes for red: its luma
    /// is 38 for
    /// MRM's statistics, 36 for MAE's.
    /// </summary>
    public static byte Fill(Preprocessing p)
    {
        byte red = (byte)Math.Round(255 * p.Mean, MidpointRounding.ToEven);
        Span<byte> gray = stackalloc byte[1];
        GrayTensor.ToGray([red, 0, 0], 3, gray);
        return gray[0];
    }

    /// <summary>Draws and applies two operations, in place.</summary>
    public static void Apply(Span<byte> gray, int width, byte fill, IReadOnlyList<RandAugmentOperation> operations, ref KeyedRandom random)
    {
        for (int layer = 0; layer < Layers; layer++)
        {
            RandAugmentOperation operation = operations[random.NextInt32(operations.Count)];
            if (random.NextDouble() < Probability)
            {
                double magnitude = Math.Clamp(Magnitude + (Spread * random.NextGaussian()), 0, MostMagnitude);
                Apply(operation, magnitude, negative: random.NextDouble() < 0.5, gray, width, fill);
            }
        }
    }

    /// <summary>Applies one operation, in place.</summary>
    /// <param name="operation">Which.</param>
    /// <param name="magnitude">Its strength, 0 to 10.</param>
    /// <param name="negative">The other direction, where there are two: turn, shift, enhancement.</param>
    /// <param name="gray">The image.</param>
    /// <param name="width">Pixels a row.</param>
    /// <param name="fill">Level of what a moved image uncovers.</param>
    public static void Apply(RandAugmentOperation operation, double magnitude, bool negative, Span<byte> gray, int width, byte fill)
    {
        double share = magnitude / MostMagnitude;
        double signed = negative ? -share : share;
        double factor = Math.Max(0.1, 1 + (signed * MostEnhancement));
        int height = gray.Length / width;
        switch (operation)
        {
            case RandAugmentOperation.AutoContrast:
                GrayOperations.AutoContrast(gray);
                break;
            case RandAugmentOperation.Equalize:
                GrayOperations.Equalize(gray);
                break;
            case RandAugmentOperation.Invert:
                GrayOperations.Invert(gray);
                break;
            case RandAugmentOperation.Posterize:
                GrayOperations.Posterize(gray, 4 - (int)(share * 4));
                break;
            case RandAugmentOperation.Solarize:
                GrayOperations.Solarize(gray, 256 - (int)(share * 256));
                break;
            case RandAugmentOperation.SolarizeAdd:
                GrayOperations.SolarizeAdd(gray, (int)(share * MostAdded));
                break;
            case RandAugmentOperation.Color:
                break;
            case RandAugmentOperation.Contrast:
                GrayOperations.Contrast(gray, factor);
                break;
            case RandAugmentOperation.Brightness:
                GrayOperations.Brightness(gray, factor);
                break;
            case RandAugmentOperation.Sharpness:
                Sharpen(gray, width, factor);
                break;
            case RandAugmentOperation.Rotate:
                Move(gray, width, fill, AffineMap.Rotation(signed * MostDegrees, width, height));
                break;
            case RandAugmentOperation.ShearX:
                Move(gray, width, fill, AffineMap.ShearX(signed * MostShear));
                break;
            case RandAugmentOperation.ShearY:
                Move(gray, width, fill, AffineMap.ShearY(signed * MostShear));
                break;
            case RandAugmentOperation.TranslateX:
                Move(gray, width, fill, AffineMap.Translation(signed * MostShift * width, 0));
                break;
            case RandAugmentOperation.TranslateY:
                Move(gray, width, fill, AffineMap.Translation(0, signed * MostShift * height));
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(operation), operation, null);
        }
    }

    private static void Sharpen(Span<byte> gray, int width, double factor)
    {
        byte[] before = ArrayPool<byte>.Shared.Rent(gray.Length);
        GrayOperations.Sharpness(gray, width, factor, before.AsSpan(0, gray.Length));
        ArrayPool<byte>.Shared.Return(before);
    }

    private static void Move(Span<byte> gray, int width, byte fill, AffineMap map)
    {
        byte[] before = ArrayPool<byte>.Shared.Rent(gray.Length);
        gray.CopyTo(before);
        map.Apply(before.AsSpan(0, gray.Length), width, fill, gray);
        ArrayPool<byte>.Shared.Return(before);
    }
}
