using System.Buffers;

namespace Radapt.Imaging;

/// <summary>
/// The transform of validation, test and prediction: torchvision's Resize, CenterCrop, Grayscale, ToTensor, Normalize on a Pillow image.
/// </summary>
internal static class EvaluationTransform
{
    /// <summary>Image -> (ImageSize, ImageSize) values; the network's three channels are equal, so one is written.</summary>
    public static void Apply(Radiograph image, Preprocessing p, Span<float> destination)
    {
        int length = p.ImageSize * p.ImageSize;
        byte[] gray = ArrayPool<byte>.Shared.Rent(length);
        ResizeAndCrop(image, p, gray.AsSpan(0, length));
        GrayTensor.Normalise(gray.AsSpan(0, length), p, destination);
        ArrayPool<byte>.Shared.Return(gray);
    }

    /// <summary>Image -> (ImageSize, ImageSize) gray levels.</summary>
    public static void ResizeAndCrop(Radiograph image, Preprocessing p, Span<byte> gray)
    {
        (int width, int height) = ResizedSize(image.Width, image.Height, p.Resize);
        (int left, int padLeft, int cropWidth) = CentreCrop(width, p.ImageSize);
        (int top, int padTop, int cropHeight) = CentreCrop(height, p.ImageSize);
        var window = new PixelBox(left, top, cropWidth, cropHeight);
        byte[] pixels = ArrayPool<byte>.Shared.Rent(cropWidth * cropHeight * image.Channels);
        BicubicResampler.Resize(image, PixelBox.Whole(image), width, height, window, pixels);
        gray.Clear();
        int rowLength = cropWidth * image.Channels;
        for (int y = 0; y < cropHeight; y++)
        {
            GrayTensor.ToGray(pixels.AsSpan(y * rowLength, rowLength), image.Channels, gray[(((padTop + y) * p.ImageSize) + padLeft)..]);
        }

        ArrayPool<byte>.Shared.Return(pixels);
    }

    /// <summary>
    /// Where the network's square is on an image, in fractions of its width and height; beyond 0 and 1 where the square is padded.
    /// </summary>
    public static (double X, double Y, double Width, double Height) Square(int width, int height, Preprocessing p)
    {
        (int resizedWidth, int resizedHeight) = ResizedSize(width, height, p.Resize);
        (int left, int padLeft, _) = CentreCrop(resizedWidth, p.ImageSize);
        (int top, int padTop, _) = CentreCrop(resizedHeight, p.ImageSize);
        return ((left - padLeft) / (double)resizedWidth, (top - padTop) / (double)resizedHeight,
            p.ImageSize / (double)resizedWidth, p.ImageSize / (double)resizedHeight);
    }

    /// <summary>torchvision's Resize: the shorter side becomes the size, the longer one is truncated.</summary>
    public static (int Width, int Height) ResizedSize(int width, int height, int size)
    {
        (int shorter, int longer) = width <= height ? (width, height) : (height, width);
        int newLonger = (int)((double)((long)size * longer) / shorter);
        return width <= height ? (size, newLonger) : (newLonger, size);
    }

    // torchvision: the offset is rounded half to even; a side shorter than the crop is padded, the odd pixel behind.
    private static (int From, int Padding, int Length) CentreCrop(int side, int size) => side >= size
        ? ((int)Math.Round((side - size) / 2.0, MidpointRounding.ToEven), 0, size)
        : (0, (size - side) / 2, side);
}
