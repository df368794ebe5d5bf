using CsCheck;
using Radapt.Imaging;

namespace Radapt.Tests.Imaging;

/// <summary>Expected values are Pillow's, worked out by hand from its definitions.</summary>
public class GrayOperationsTests
{
    [Fact]
    public void AutoContrast_StretchesAndCuts()
    {
        Assert.Equal<byte>([0, 127, 255], Applied([10, 20, 30], g => GrayOperations.AutoContrast(g))); // 20 -> 12.75 x 10 = 127.5
        Assert.Equal<byte>([7, 7], Applied([7, 7], g => GrayOperations.AutoContrast(g)));
        Assert.Equal<byte>([0, 99, 255], Applied([0, 99, 255], g => GrayOperations.AutoContrast(g)));
    }

    [Fact]
    public void Equalize_SpreadsLevelsByTheirFrequency()
    {
        // 1,200 pixels: step (1200 - 600) / 255 = 2; levels come out at (1 + pixels below) / 2.
        byte[] levels = [.. Enumerable.Repeat((byte)40, 200), .. Enumerable.Repeat((byte)50, 400), .. Enumerable.Repeat((byte)60, 600)];
        byte[] equalized = Applied(levels, g => GrayOperations.Equalize(g));
        Assert.Equal<byte>([0, 100, 255], [equalized[0], equalized[200], equalized[600]]); // (1 + 600) / 2 passes 255
        Assert.Equal<byte>([3, 3, 9], Applied([3, 3, 9], g => GrayOperations.Equalize(g))); // too few pixels for a step
        byte[] even = [.. Enumerable.Range(0, 512).Select(i => (byte)i)];
        Assert.Equal(even, Applied(even, g => GrayOperations.Equalize(g)));
        Assert.Equal<byte>([5, 5], Applied([5, 5], g => GrayOperations.Equalize(g)));
    }

    [Fact]
    public void LevelOperations_GiveTheStatedLevels()
    {
        Assert.Equal<byte>([255, 155, 0], Applied([0, 100, 255], g => GrayOperations.Invert(g)));
        Assert.Equal<byte>([0, 128, 128], Applied([127, 128, 255], g => GrayOperations.Posterize(g, 1)));
        Assert.Equal<byte>([112, 240], Applied([127, 255], g => GrayOperations.Posterize(g, 4)));
        Assert.Equal<byte>([0, 0], Applied([127, 255], g => GrayOperations.Posterize(g, 0)));
        Assert.Equal<byte>([25, 229, 0], Applied([25, 26, 255], g => GrayOperations.Solarize(g, 26)));
        Assert.Equal<byte>([99, 226, 128, 255], Applied([0, 127, 128, 255], g => GrayOperations.SolarizeAdd(g, 99)));
        Assert.Equal<byte>([0, 18, 181, 255], Applied([0, 10, 100, 200], g => GrayOperations.Brightness(g, 1.81)));
        Assert.Equal<byte>([0, 1, 19, 48], Applied([0, 10, 100, 255], g => GrayOperations.Brightness(g, 0.19)));

        // Mean 100.5 -> 101: 101 + 1.81 x (level - 101), cut.
        Assert.Equal<byte>([0, 99, 187, 191], Applied([2, 100, 149, 151], g => GrayOperations.Contrast(g, 1.81)));
        Assert.Equal<byte>([82, 100, 110, 110], Applied([2, 100, 149, 151], g => GrayOperations.Contrast(g, 0.19)));
    }

    [Fact]
    public void Sharpness_MovesTheInsideFromItsSmoothedValueAndLeavesTheBorder()
    {
        // Around the centre of 3 x 3: (8 x 26 + 5 x 0) / 13 = 16; 16 + 1.5 x (0 - 16) < 0 and 16 + 0.5 x (0 - 16) = 8.
        byte[] image = [26, 26, 26, 26, 0, 26, 26, 26, 26];
        byte[] before = new byte[9];
        Assert.Equal<byte>([26, 26, 26, 26, 8, 26, 26, 26, 26], Applied(image, g => GrayOperations.Sharpness(g, 3, 0.5, before)));
        Assert.Equal<byte>([26, 26, 26, 26, 0, 26, 26, 26, 26], Applied(image, g => GrayOperations.Sharpness(g, 3, 1.5, before)));
        image[4] = 100; // (208 + 500) / 13 = 54.46 -> 54; 54 + 1.5 x 46 = 123
        Assert.Equal(123, Applied(image, g => GrayOperations.Sharpness(g, 3, 1.5, before))[4]);
    }

    [Fact]
    public void Enhancements_FactorOne_ChangeNothing() => Gen.Byte.Array[1, 300].Sample(
        image =>
        {
            Assert.Equal(image, Applied(image, g => GrayOperations.Brightness(g, 1)));
            Assert.Equal(image, Applied(image, g => GrayOperations.Contrast(g, 1)));
            Assert.Equal(image, Applied(image, g => GrayOperations.Sharpness(g, 1, 1, new byte[g.Length])));
            Assert.Equal(image, Applied(Applied(image, g => GrayOperations.Invert(g)), g => GrayOperations.Invert(g)));
        },
        iter: 100);

    [Fact]
    public void AffineMap_WholePixels_MovesAndFills()
    {
        byte[] image = [1, 2, 3, 4, 5, 6, 7, 8, 9];
        Assert.Equal<byte>([2, 3, 38, 5, 6, 38, 8, 9, 38], Applied(image, AffineMap.Translation(1, 0)));
        Assert.Equal<byte>([38, 38, 38, 1, 2, 3, 4, 5, 6], Applied(image, AffineMap.Translation(0, -1)));
        Assert.Equal<byte>([3, 6, 9, 2, 5, 8, 1, 4, 7], Applied(image, AffineMap.Rotation(90, 3, 3))); // counter-clockwise
        Assert.Equal<byte>([9, 8, 7, 6, 5, 4, 3, 2, 1], Applied(image, AffineMap.Rotation(-180, 3, 3)));
        Assert.Equal(image, Applied(image, AffineMap.Rotation(0, 3, 3)));
    }

    [Fact]
    public void AffineMap_BetweenPixels_IsPillowsCubic()
    {
        // Half a pixel to the right with a = -1: (-1, 5, 5, -1) / 8 of four neighbours; the edge repeats; cut, not rounded.
        byte[] row = [0, 100, 200, 40];
        Assert.Equal<byte>([37, 182, 132, 38], Applied(row, AffineMap.Translation(0.5, 0), 4));

        // The same as a shear: a row's centre at height 0.5 moves by 0.5 x 1.
        Assert.Equal<byte>([37, 182, 132, 38], Applied(row, AffineMap.ShearX(1), 4));
    }

    [Fact]
    public void AffineMap_ShearY_IsShearXOfTheTransposedImage()
    {
        byte[] image = TestImages.Pattern(20, 20, 1);
        byte[] transposed = Transpose(image, 20);
        Assert.Equal(Applied(image, AffineMap.ShearX(0.27), 20), Transpose(Applied(transposed, AffineMap.ShearY(0.27), 20), 20));
    }

    private static byte[] Transpose(byte[] image, int side) =>
        [.. Enumerable.Range(0, side * side).Select(i => image[(i % side * side) + (i / side)])];

    private static byte[] Applied(byte[] image, AffineMap map, int width = 3)
    {
        var result = new byte[image.Length];
        map.Apply(image, width, 38, result);
        return result;
    }

    private static byte[] Applied(byte[] image, Action<byte[]> operation)
    {
        byte[] copy = [.. image];
        operation(copy);
        return copy;
    }
}
