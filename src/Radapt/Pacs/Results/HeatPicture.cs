using Radapt.Imaging;

namespace Radapt.Pacs.Results;

/// <summary>
/// A radiograph with a heat map laid over it, and lines of text below, as RGB pixels. The map covers only the part of the radiograph
/// that the model saw (<see cref="EvaluationTransform"/>), patch by patch; an outline shows this part where it is not the whole.
/// </summary>
/// <param name="Width">Pixels a row.</param>
/// <param name="Height">Rows.</param>
/// <param name="Rgb">Red, green and blue, row after row.</param>
internal sealed record HeatPicture(int Width, int Height, byte[] Rgb)
{
    private const int MostSide = 1024, LeastWidth = 512;
    private const double Strongest = 0.62; // opacity, as in reports
    private const int Margin = 4; // pixels of a letter

    private static readonly byte[] s_heat = [0xFF, 0x7A, 0x70];
    private static readonly byte[] s_outline = [0x77, 0xAA, 0xFF];

    /// <summary>Draws the picture.</summary>
    /// <param name="image">The radiograph.</param>
    /// <param name="preprocessing">What part of it the model sees.</param>
    /// <param name="heat">(G, G) row by row; the coolest patch gets no colour, the warmest the strongest.</param>
    /// <param name="lines">Texts, broken into lines as they fit.</param>
    public static HeatPicture Draw(Radiograph image, Preprocessing preprocessing, ReadOnlySpan<float> heat, IReadOnlyList<string> lines)
    {
        double scale = Math.Min(1, MostSide / (double)Math.Max(image.Width, image.Height));
        int width = Math.Max(1, (int)(image.Width * scale)), height = Math.Max(1, (int)(image.Height * scale));
        if (width < LeastWidth)
        {
            // room for the text; a picture that is very tall stays narrow, and its text gets more lines
            int times = Math.Min((LeastWidth + width - 1) / width, Math.Max(1, MostSide / height));
            (width, height) = (width * times, height * times);
        }

        int letter = Math.Max(1, width / LeastWidth);
        int letters = Math.Max(1, (width - (2 * Margin * letter)) / (PixelFont.Advance * letter));
        string[] text = [.. lines.SelectMany(l => PixelFont.Wrap(l, letters))];
        int band = letter * ((text.Length * PixelFont.LineHeight) + (2 * Margin));
        var rgb = new byte[3 * width * (height + band)];
        Copy(image, width, height, rgb);
        Blend(image, preprocessing, heat, width, height, rgb);
        for (int i = 0; i < text.Length; i++)
        {
            PixelFont.Draw(rgb, width, Margin * letter, height + (letter * (Margin + (i * PixelFont.LineHeight))), letter, text[i]);
        }

        return new HeatPicture(width, height + band, rgb);
    }

    private static void Copy(Radiograph image, int width, int height, Span<byte> rgb)
    {
        var resized = new byte[width * height * image.Channels];
        BicubicResampler.Resize(image, PixelBox.Whole(image), width, height, new PixelBox(0, 0, width, height), resized);
        for (int i = 0; i < width * height; i++)
        {
            for (int c = 0; c < 3; c++)
            {
                rgb[(3 * i) + c] = resized[(i * image.Channels) + (image.Channels == 3 ? c : 0)];
            }
        }
    }

    private static void Blend(
        Radiograph image, Preprocessing preprocessing, ReadOnlySpan<float> heat, int width, int height, Span<byte> rgb)
    {
        int grid = (int)Math.Sqrt(heat.Length), side = preprocessing.ImageSize;
        (int resizedWidth, int resizedHeight) = EvaluationTransform.ResizedSize(image.Width, image.Height, preprocessing.Resize);
        double left = (resizedWidth - side) / 2.0, top = (resizedHeight - side) / 2.0;
        (float coolest, float warmest) = (float.MaxValue, float.MinValue);
        foreach (float value in heat)
        {
            (coolest, warmest) = (Math.Min(coolest, value), Math.Max(warmest, value));
        }

        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                if (PatchAt(x, y) is not { } patch)
                {
                    continue;
                }

                Span<byte> pixel = rgb.Slice(3 * ((y * width) + x), 3);
                bool isEdge = (x > 0 && PatchAt(x - 1, y) is null) || (x < width - 1 && PatchAt(x + 1, y) is null)
                    || (y > 0 && PatchAt(x, y - 1) is null) || (y < height - 1 && PatchAt(x, y + 1) is null);
                if (isEdge)
                {
                    s_outline.CopyTo(pixel);
                }
                else if (warmest > coolest)
                {
                    Mix(pixel, Strongest * (heat[patch] - coolest) / (warmest - coolest));
                }
            }
        }

        int? PatchAt(int x, int y)
        {
            double inCropX = ((x + 0.5) * resizedWidth / width) - left, inCropY = ((y + 0.5) * resizedHeight / height) - top;
            return inCropX < 0 || inCropY < 0 || inCropX >= side || inCropY >= side ? null
                : ((int)(inCropY * grid / side) * grid) + (int)(inCropX * grid / side);
        }
    }

    private static void Mix(Span<byte> pixel, double opacity)
    {
        for (int c = 0; c < 3; c++)
        {
            pixel[c] = (byte)Math.Round(((1 - opacity) * pixel[c]) + (opacity * s_heat[c]));
        }
    }
}
