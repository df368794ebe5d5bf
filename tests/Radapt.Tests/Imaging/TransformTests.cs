using CsCheck;
using Radapt.Compute;
using Radapt.Imaging;
using Radapt.Options;

namespace Radapt.Tests.Imaging;

public class TransformTests
{
    private static readonly Preprocessing s_small = new(28, 28, 0.5, 0.25);

    public static TheoryData<Augmentation> Augmentations { get; } = [.. Enum.GetValues<Augmentation>()];

    [Theory]
    [MemberData(nameof(Augmentations))]
    public void TrainingTransform_SameKey_SameValues(Augmentation augmentation)
    {
        var image = new Radiograph(60, 50, 1, TestImages.Pattern(60, 50, 1));
        float[] first = Train(image, augmentation, 1, 2, 3);
        Assert.Equal(first, Train(image, augmentation, 1, 2, 3));
        foreach ((long seed, int epoch, int sample) in new[] { (2L, 2, 3), (1L, 3, 3), (1L, 2, 4) })
        {
            Assert.Equal(augmentation == Augmentation.None, first.SequenceEqual(Train(image, augmentation, seed, epoch, sample)));
        }
    }

    [Theory]
    [MemberData(nameof(Augmentations))]
    public void TrainingTransform_GrayAsRgb_EqualsGray(Augmentation augmentation)
    {
        byte[] gray = TestImages.Pattern(61, 47, 1);
        var one = new Radiograph(61, 47, 1, gray);
        var three = new Radiograph(61, 47, 3, [.. gray.SelectMany(v => new[] { v, v, v })]);
        for (int sample = 0; sample < 10; sample++)
        {
            Assert.Equal(Train(one, augmentation, 0, 0, sample), Train(three, augmentation, 0, 0, sample));
        }
    }

    [Fact]
    public void AugmentationNames_EveryAugmentation_IsFoundByItsName()
    {
        Assert.All(Enum.GetValues<Augmentation>(), a => Assert.Equal(a, EnumNames.Find(typeof(Augmentation), a.Spelled())));
        Assert.Equal(["none", "crop-flip", "shift-flip-noise", "randaugment-erasing", "randaugment-safe"],
            EnumNames.All(typeof(Augmentation)));
    }

    [Fact]
    public void ShiftFlipNoise_ConstantImage_OnlyAddsNoiseOfTheStatedStrength()
    {
        var image = new Radiograph(28, 28, 1, [.. Enumerable.Repeat((byte)128, 28 * 28)]);
        for (int sample = 0; sample < 20; sample++)
        {
            double[] noise = [.. Train(image, Augmentation.ShiftFlipNoise, 5, 0, sample).Select(v => (v * 0.25) + 0.5 - (128 / 255.0))];
            Assert.Equal(0, noise.Average(), 0.01);
            Assert.InRange(Math.Sqrt(noise.Average(v => v * v)), 0.018, 0.055);
        }
    }

    [Fact]
    public void EvaluationTransform_ImageOfTheRightSize_IsTheIdentity()
    {
        byte[] pixels = TestImages.Pattern(28, 28, 1);
        var values = new float[28 * 28];
        EvaluationTransform.Apply(new Radiograph(28, 28, 1, pixels), s_small, values);
        Assert.Equal([.. pixels.Select(v => ((v / 255f) - 0.5f) / 0.25f)], values);
    }

    [Fact]
    public void EvaluationTransform_ResizeBelowImageSize_PadsWithBlackAsTorchvisionDoes()
    {
        // 2 x 3 stays as it is (shorter side 2) and is cropped to 5 x 5: one column and row before, the rest behind.
        var values = new float[25];
        EvaluationTransform.Apply(new Radiograph(2, 3, 1, [255, 255, 255, 255, 255, 255]), new Preprocessing(5, 2, 0, 1), values);
        float[] expected =
        [
            0, 0, 0, 0, 0,
            0, 1, 1, 0, 0,
            0, 1, 1, 0, 0,
            0, 1, 1, 0, 0,
            0, 0, 0, 0, 0,
        ];
        Assert.Equal(expected, values);
    }

    [Theory]
    [InlineData(5, 4, 0)] // 0.5 -> 0
    [InlineData(7, 4, 2)] // 1.5 -> 2
    public void EvaluationTransform_OddRemainder_CropsHalfToEven(int width, int size, int left)
    {
        byte[] pixels = TestImages.Pattern(width, size, 1);
        var values = new float[size * size];
        EvaluationTransform.Apply(new Radiograph(width, size, 1, pixels), new Preprocessing(size, size, 0, 1), values);
        Assert.Equal(pixels[left] / 255f, values[0]);
    }

    [Fact]
    public void CropAndFlip_Flip_MirrorsTheRows()
    {
        var image = new Radiograph(40, 30, 3, TestImages.Pattern(40, 30, 3));
        var plain = new float[28 * 28];
        var flipped = new float[28 * 28];
        TrainingTransform.CropAndFlip(image, new PixelBox(3, 4, 20, 25), flip: false, s_small, plain);
        TrainingTransform.CropAndFlip(image, new PixelBox(3, 4, 20, 25), flip: true, s_small, flipped);
        Assert.Equal([.. plain.Chunk(28).SelectMany(row => row.Reverse())], flipped);
    }

    [Fact]
    public void CropAndFlip_AnyBoxInside_GivesFiniteValuesInRangeAndIgnoresWhatIsOutside()
    {
        Gen.Select(Gen.Int[1, 90], Gen.Int[1, 90], Gen.Bool.Select(colour => colour ? 3 : 1), Gen.Int[1, 40], Gen.Int[0, 1_000_000]).Sample(
            (width, height, channels, size, place) =>
            {
                var random = new KeyedRandom(place, RandomPurpose.Augmentation);
                int w = 1 + random.NextInt32(width);
                int h = 1 + random.NextInt32(height);
                var box = new PixelBox(random.NextInt32(width - w + 1), random.NextInt32(height - h + 1), w, h);
                byte[] pixels = TestImages.Pattern(width, height, channels);
                var p = new Preprocessing(size, size, 0, 1);
                var values = new float[size * size];
                TrainingTransform.CropAndFlip(new Radiograph(width, height, channels, pixels), box, false, p, values);
                Assert.All(values, v => Assert.InRange(v, 0, 1));

                for (int i = 0; i < pixels.Length; i++)
                {
                    int x = i / channels % width;
                    int y = i / channels / width;
                    bool inside = x >= box.X && x < box.X + w && y >= box.Y && y < box.Y + h;
                    pixels[i] = inside ? pixels[i] : (byte)(255 - pixels[i]);
                }

                var others = new float[size * size];
                TrainingTransform.CropAndFlip(new Radiograph(width, height, channels, pixels), box, false, p, others);
                Assert.Equal(values, others);
            },
            iter: 300);
    }

    [Fact]
    public void Resize_Window_EqualsThatPartOfTheWhole()
    {
        var image = new Radiograph(113, 71, 3, TestImages.Pattern(113, 71, 3));
        var whole = new byte[40 * 50 * 3];
        var part = new byte[11 * 17 * 3];
        BicubicResampler.Resize(image, PixelBox.Whole(image), 40, 50, new PixelBox(0, 0, 40, 50), whole);
        BicubicResampler.Resize(image, PixelBox.Whole(image), 40, 50, new PixelBox(9, 20, 11, 17), part);
        for (int y = 0; y < 17; y++)
        {
            Assert.Equal(whole.AsSpan((((20 + y) * 40) + 9) * 3, 33), part.AsSpan(y * 33, 33));
        }
    }

    [Fact]
    public void RandomResizedCrop_ManyDraws_StayInsideWithTheStatedShares()
    {
        var random = new KeyedRandom(3, RandomPurpose.Augmentation);
        double share = 0;
        for (int i = 0; i < 2_000; i++)
        {
            PixelBox box = RandomResizedCrop.Draw(400, 400, ref random);
            Assert.True(box.X >= 0 && box.Y >= 0 && box.X + box.Width <= 400 && box.Y + box.Height <= 400);
            Assert.InRange(box.Width / (double)box.Height, 0.74, 1.35);
            Assert.InRange(box.Width * box.Height / 160_000.0, 0.079, 1);
            share += box.Width * box.Height / 160_000.0 / 2_000;
        }

        Assert.InRange(share, 0.48, 0.55); // 0.54, less the large ones that do not fit
    }

    [Theory]
    [InlineData(1000, 10, 493, 0, 13, 10)]
    [InlineData(10, 1000, 0, 493, 10, 13)]
    public void RandomResizedCrop_NothingFits_FallsBackToTheCentre(int width, int height, int x, int y, int w, int h)
    {
        // Ten tries on so narrow an image seldom fit; the fallback must turn up.
        var random = new KeyedRandom(1, RandomPurpose.Augmentation);
        Assert.Contains(new PixelBox(x, y, w, h), Enumerable.Range(0, 50).Select(_ => RandomResizedCrop.Draw(width, height, ref random)));
    }

    [Fact]
    public void Radiograph_SizesThatDoNotFit_Throws()
    {
        Assert.Throws<ArgumentException>(() => new Radiograph(2, 2, 1, new byte[5]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Radiograph(2, 2, 2, new byte[8]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Radiograph(0, 2, 1, []));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Radiograph(1, 1, 1, [0], 12));
    }

    private static float[] Train(Radiograph image, Augmentation augmentation, long seed, int epoch, int sample)
    {
        var values = new float[28 * 28];
        TrainingTransform.Apply(image, s_small, augmentation, seed, epoch, sample, values);
        return values;
    }
}
