namespace Radapt.Imaging;

/// <summary>A rectangle of pixels; <see cref="X"/> and <see cref="Y"/> are its left and top.</summary>
internal readonly record struct PixelBox(int X, int Y, int Width, int Height)
{
    public static PixelBox Whole(Radiograph image) => new(0, 0, image.Width, image.Height);
}
