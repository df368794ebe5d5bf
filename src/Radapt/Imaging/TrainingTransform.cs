using System.Buffers;
using Radapt.Compute;

namespace Radapt.Imaging;

/// <summary>The transform of training images. What it draws depends on (seed, epoch, sample) alone.</summary>
internal static class TrainingTransform
{
    private const double FlipProbability = 0.5;

    // shift-flip-noise; our choice: a tenth of the side is how far a patient is off centre between two exposures, and the noise
    // spans that of a good and a poor exposure.
    private const double LargestShift = 0.1; // of the side: 3 pixels at 28
    private const double LeastNoise = 0.02; // standard deviation, gray in [0, 1]
    private const double MostNoise = 0.05;

    /// <summary>Image -> (ImageSize, ImageSize) values; the network's three channels are equal, so one is written.</summary>
    /// <remarks>
    /// Without <paramref name="flips"/> nothing is mirrored; all else is drawn as with them. Crops have at least
    /// <paramref name="leastScale"/> of the area.
    /// </remarks>
    public static void Apply(
        Radiograph image, Preprocessing p, Augmentation augmentation, long seed, int epoch, int sample, Span<float> destination,
            bool flips = true, double leastScale = RandomResizedCrop.StandardLeastScale)
    {
        var random = new KeyedRandom(seed, RandomPurpose.Augmentation, epoch, sample);
        switch (augmentation)
        {
            case Augmentation.None:
                EvaluationTransform.Apply(image, p, destination);
                break;
            case Augmentation.CropFlip:
                CropAndFlip(image, p, flips, leastScale, [], ref random, destination);
                break;
            case Augmentation.ShiftFlipNoise:
                ShiftFlipNoise(image, p, flips, random, destination);
                break;
            case Augmentation.RandAugmentErasing:
                CropAndFlip(image, p, flips, leastScale, RandAugment.All, ref random, destination);
                RandomErasing.Apply(destination, p.ImageSize, ref random);
                break;
            case Augmentation.RandAugmentSafe:
                CropAndFlip(image, p, flips, leastScale, RandAugment.Safe, ref random, destination);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(augmentation), augmentation, null);
        }
    }

    /// <summary>Crop, resize to ImageSize, gray, flip, normalise.</summary>
    public static void CropAndFlip(Radiograph image, PixelBox box, bool flip, Preprocessing p, Span<float> destination)
    {
        byte[] gray = ArrayPool<byte>.Shared.Rent(p.ImageSize * p.ImageSize);
        Span<byte> cropped = gray.AsSpan(0, p.ImageSize * p.ImageSize);
        CropAndFlip(image, box, flip, p.ImageSize, cropped);
        GrayTensor.Normalise(cropped, p, destination);
        ArrayPool<byte>.Shared.Return(gray);
    }

    // Random crop and flip, then the operations that are drawn among those given, if any.
    private static void CropAndFlip(
        Radiograph image, Preprocessing p, bool flips, double leastScale, IReadOnlyList<RandAugmentOperation> operations,
            ref KeyedRandom random, Span<float> destination)
    {
        byte[] gray = ArrayPool<byte>.Shared.Rent(p.ImageSize * p.ImageSize);
        Span<byte> cropped = gray.AsSpan(0, p.ImageSize * p.ImageSize);
        PixelBox box = RandomResizedCrop.Draw(image.Width, image.Height, ref random, leastScale);
        CropAndFlip(image, box, (random.NextDouble() < FlipProbability) & flips, p.ImageSize, cropped);
        if (operations.Count > 0)
        {
            RandAugment.Apply(cropped, p.ImageSize, RandAugment.Fill(p), operations, ref random);
        }

        GrayTensor.Normalise(cropped, p, destination);
        ArrayPool<byte>.Shared.Return(gray);
    }

    private static void CropAndFlip(Radiograph image, PixelBox box, bool flip, int size, Span<byte> gray)
    {
        int length = gray.Length * image.Channels;
        byte[] pixels = ArrayPool<byte>.Shared.Rent(length);
        BicubicResampler.Resize(image, box, size, size, new PixelBox(0, 0, size, size), pixels);
        GrayTensor.ToGray(pixels.AsSpan(0, length), image.Channels, gray);
        ArrayPool<byte>.Shared.Return(pixels);
        if (flip)
        {
            for (int y = 0; y < size; y++)
            {
                gray.Slice(y * size, size).Reverse();
            }
        }
    }

    // Evaluation crop, shifted by up to a tenth of its side (the edge pixels repeat), flipped, with Gaussian noise of a random strength.
    private static void ShiftFlipNoise(Radiograph image, Preprocessing p, bool flips, KeyedRandom random, Span<float> destination)
    {
        int size = p.ImageSize;
        byte[] gray = ArrayPool<byte>.Shared.Rent(size * size);
        EvaluationTransform.ResizeAndCrop(image, p, gray.AsSpan(0, size * size));
        int most = Math.Max(1, (int)Math.Round(size * LargestShift));
        int dx = random.NextInt32((2 * most) + 1) - most;
        int dy = random.NextInt32((2 * most) + 1) - most;
        bool flip = (random.NextDouble() < FlipProbability) & flips; // drawn in any case, so that the rest is the same
        double noise = random.NextDouble(LeastNoise, MostNoise);
        for (int y = 0; y < size; y++)
        {
            ReadOnlySpan<byte> row = gray.AsSpan(Math.Clamp(y + dy, 0, size - 1) * size, size);
            for (int x = 0; x < size; x++)
            {
                byte level = row[Math.Clamp((flip ? size - 1 - x : x) + dx, 0, size - 1)];
                destination[(y * size) + x] = GrayTensor.Normalise((level / 255f) + (float)(noise * random.NextGaussian()), p);
            }
        }

        ArrayPool<byte>.Shared.Return(gray);
    }
}
