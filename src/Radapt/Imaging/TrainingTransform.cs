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
    /// <exception cref="RadaptException">The augmentation is not built yet.</exception>
    public static void Apply(
        Radiograph image, Preprocessing p, Augmentation augmentation, long seed, int epoch, int sample, Span<float> destination)
    {
        var random = new KeyedRandom(seed, RandomPurpose.Augmentation, epoch, sample);
        switch (augmentation)
        {
            case Augmentation.None:
                EvaluationTransform.Apply(image, p, destination);
                break;
            case Augmentation.CropFlip:
                PixelBox box = RandomResizedCrop.Draw(image.Width, image.Height, ref random);
                CropAndFlip(image, box, random.NextDouble() < FlipProbability, p, destination);
                break;
            case Augmentation.ShiftFlipNoise:
                ShiftFlipNoise(image, p, random, destination);
                break;
            default:
                throw AugmentationNames.NotBuilt();
        }
    }

    /// <summary>Crop, resize to ImageSize, flip, gray, normalise.</summary>
    public static void CropAndFlip(Radiograph image, PixelBox box, bool flip, Preprocessing p, Span<float> destination)
    {
        int size = p.ImageSize;
        int area = size * size;
        byte[] pixels = ArrayPool<byte>.Shared.Rent(area * image.Channels);
        byte[] gray = ArrayPool<byte>.Shared.Rent(area);
        BicubicResampler.Resize(image, box, size, size, new PixelBox(0, 0, size, size), pixels);
        GrayTensor.ToGray(pixels.AsSpan(0, area * image.Channels), image.Channels, gray);
        if (flip)
        {
            for (int y = 0; y < size; y++)
            {
                gray.AsSpan(y * size, size).Reverse();
            }
        }

        GrayTensor.Normalise(gray.AsSpan(0, area), p, destination);
        ArrayPool<byte>.Shared.Return(gray);
        ArrayPool<byte>.Shared.Return(pixels);
    }

    // Evaluation crop, shifted by up to a tenth of its side (the edge pixels repeat), flipped, with Gaussian noise of a random strength.
    private static void ShiftFlipNoise(Radiograph image, Preprocessing p, KeyedRandom random, Span<float> destination)
    {
        int size = p.ImageSize;
        byte[] gray = ArrayPool<byte>.Shared.Rent(size * size);
        EvaluationTransform.ResizeAndCrop(image, p, gray.AsSpan(0, size * size));
        int most = Math.Max(1, (int)Math.Round(size * LargestShift));
        int dx = random.NextInt32((2 * most) + 1) - most;
        int dy = random.NextInt32((2 * most) + 1) - most;
        bool flip = random.NextDouble() < FlipProbability;
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
