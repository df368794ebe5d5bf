using Radapt.Compute;
using Radapt.Imaging;

namespace Radapt.Tests.Imaging;

public class RandAugmentTests
{
    private const byte Fill = 38;
    private const int Side = 40;

    [Fact]
    public void Apply_MagnitudeNine_HasTheStrengthThatUpstreamGivesIt()
    {
        // timm at 9 of 10: 1 bit; from 256 - 230 on; + 99; 1 ± 0.81; 27 degrees; 0.27; 0.405 of the side.
        Check(RandAugmentOperation.AutoContrast, false, g => GrayOperations.AutoContrast(g));
        Check(RandAugmentOperation.Equalize, false, g => GrayOperations.Equalize(g));
        Check(RandAugmentOperation.Invert, false, g => GrayOperations.Invert(g));
        Check(RandAugmentOperation.Posterize, false, g => GrayOperations.Posterize(g, 1));
        Check(RandAugmentOperation.Solarize, false, g => GrayOperations.Solarize(g, 26));
        Check(RandAugmentOperation.SolarizeAdd, false, g => GrayOperations.SolarizeAdd(g, 99));
        Check(RandAugmentOperation.Color, true, _ => { });
        Check(RandAugmentOperation.Contrast, false, g => GrayOperations.Contrast(g, 1.81));
        Check(RandAugmentOperation.Contrast, true, g => GrayOperations.Contrast(g, 1 - 0.81));
        Check(RandAugmentOperation.Brightness, true, g => GrayOperations.Brightness(g, 1 - 0.81));
        Check(RandAugmentOperation.Sharpness, false, g => GrayOperations.Sharpness(g, Side, 1.81, new byte[g.Length]));
        CheckMap(RandAugmentOperation.Rotate, true, AffineMap.Rotation(-27, Side, Side));
        CheckMap(RandAugmentOperation.ShearX, false, AffineMap.ShearX(0.27));
        CheckMap(RandAugmentOperation.ShearY, true, AffineMap.ShearY(-0.27));
        CheckMap(RandAugmentOperation.TranslateX, false, AffineMap.Translation(0.405 * Side, 0));
        CheckMap(RandAugmentOperation.TranslateY, true, AffineMap.Translation(0, -0.405 * Side));

        static void CheckMap(RandAugmentOperation operation, bool negative, AffineMap map) => Check(operation, negative, g =>
        {
            byte[] before = [.. g];
            map.Apply(before, Side, Fill, g);
        });
    }

    [Fact]
    public void Apply_ExtremeMagnitudes_StayInBounds()
    {
        foreach (RandAugmentOperation operation in RandAugment.All)
        {
            foreach (double magnitude in new[] { 0, 10.0 })
            {
                byte[] image = Image();
                RandAugment.Apply(operation, magnitude, negative: true, image, Side, Fill);
                bool changes = operation is RandAugmentOperation.AutoContrast or RandAugmentOperation.Equalize
                    or RandAugmentOperation.Invert
                    || (operation != RandAugmentOperation.Color && magnitude == 10)
                    || operation == RandAugmentOperation.Posterize; // 4 bits
                Assert.Equal(changes, !image.SequenceEqual(Image()));
            }
        }
    }

    [Fact]
    public void Apply_ManyDraws_AppliesEachOperationAsOftenAsStated()
    {
        // One operation alone: it is applied with probability 1/2 in each of two layers.
        int inverted = Count([RandAugmentOperation.Invert], image => image.SequenceEqual(Image()) ? 0 : 1, 4_000);
        Assert.Equal(0.5, inverted / 4_000.0, 0.03);

        // All: nothing happens if both layers rest or draw Color: (1/2 + 1/2 x 1/15)^2 = 0.284.
        int unchanged = Count(RandAugment.All, image => image.SequenceEqual(Image()) ? 1 : 0, 4_000);
        Assert.Equal(0.284, unchanged / 4_000.0, 0.03);
    }

    [Fact]
    public void Apply_ManyDraws_SpreadsTheMagnitudeAroundNine()
    {
        // A white image shifted to the right or left: the filled columns tell the magnitude.
        var magnitudes = new List<double>();
        int left = 0;
        const int width = 2_000;
        for (int i = 0; i < 4_000; i++)
        {
            var random = new KeyedRandom(2, RandomPurpose.Augmentation, 0, i);
            byte[] row = [.. Enumerable.Repeat((byte)255, width)];
            RandAugment.Apply(row, width, 0, [RandAugmentOperation.TranslateX], ref random);
            int filled = row.Count(v => v == 0);
            if (filled > 0 && filled < 0.46 * width)
            {
                magnitudes.Add(filled / (double)width / 0.045);
                left += row[0] == 0 ? 1 : 0;
            }
        }

        Assert.Equal(9, magnitudes.Average(), 0.05);
        Assert.Equal(0.5, Math.Sqrt(magnitudes.Average(m => (m - 9) * (m - 9))), 0.05);
        Assert.InRange(magnitudes.Max(), 9.95, 10.02);
        Assert.Equal(0.5, left / (double)magnitudes.Count, 0.05);
    }

    [Fact]
    public void Safe_KeepsTheGrayValuesInOrder()
    {
        Assert.Equal(10, RandAugment.Safe.Count);
        byte[] wedge = [.. Enumerable.Range(0, 256).Select(i => (byte)i)];
        foreach (RandAugmentOperation operation in RandAugment.Safe.TakeWhile(o => o < RandAugmentOperation.ShearX)
            .Where(o => o != RandAugmentOperation.Rotate))
        {
            byte[] image = [.. wedge];
            RandAugment.Apply(operation, 9, negative: false, image, 256, 255);
            Assert.Equal(image.Order(), image);
            Assert.True(image.Distinct().Count() > 100, operation.ToString());
        }
    }

    [Theory]
    [InlineData(0.4978, 38)]
    [InlineData(0.4785, 36)]
    public void Fill_IsTheLumaOfUpstreamsRed(double mean, byte expected) =>
        Assert.Equal(expected, RandAugment.Fill(new Preprocessing(224, 256, mean, 0.25)));

    [Fact]
    public void RandomErasing_ManyDraws_ErasesAQuarterOfTheImagesWithNoise()
    {
        const int images = 2_000;
        int erased = 0;
        double area = 0;
        var noise = new List<double>();
        for (int i = 0; i < images; i++)
        {
            var random = new KeyedRandom(9, RandomPurpose.Augmentation, 0, i);
            float[] values = [.. Enumerable.Repeat(7f, Side * Side)];
            RandomErasing.Apply(values, Side, ref random);
            float[] changed = [.. values.Where(v => v != 7)];
            if (changed.Length == 0)
            {
                continue;
            }

            erased++;
            area += changed.Length / (double)values.Length;
            noise.AddRange(changed.Select(v => (double)v));
            int first = Array.FindIndex(values, v => v != 7);
            int width = values.Skip(first).TakeWhile(v => v != 7).Count();
            Assert.Equal(0, changed.Length % width); // a rectangle
            Assert.InRange(changed.Length / width / (double)width, 0.2, 5);
        }

        Assert.Equal(0.25, erased / (double)images, 0.03);
        Assert.Equal(0.17, area / erased, 0.015); // uniform in 0.02 to 1/3, less the long ones that do not fit
        Assert.Equal(0, noise.Average(), 0.01);
        Assert.Equal(1.0 / 3, noise.Average(v => v * v), 0.01); // the mean of three standard normal channels
    }

    [Fact]
    public void TrainingTransform_Erasing_IsOnlyPartOfTheFullSet()
    {
        var image = new Radiograph(Side, Side, 1, Image());
        var p = new Preprocessing(Side, Side, 0.4978, 0.2449);
        var values = new float[Side * Side];
        double darkest = (0 - p.Mean) / p.Std;
        double brightest = (1 - p.Mean) / p.Std;
        int OutOfRange(Augmentation augmentation) => Enumerable.Range(0, 200).Count(sample =>
        {
            TrainingTransform.Apply(image, p, augmentation, 0, 0, sample, values);
            bool noLevel = values.Any(v => Math.Abs((((v * p.Std) + p.Mean) * 255) - Math.Round(((v * p.Std) + p.Mean) * 255)) > 0.01);
            return noLevel || values.Any(v => v < darkest - 1e-3 || v > brightest + 1e-3);
        });

        Assert.InRange(OutOfRange(Augmentation.RandAugmentErasing), 30, 70);
        Assert.Equal(0, OutOfRange(Augmentation.RandAugmentSafe));
    }

    private static byte[] Image() => [.. TestImages.Pattern(Side, Side, 1).Select(v => (byte)(20 + (v * 2 / 3)))];

    private static void Check(RandAugmentOperation operation, bool negative, Action<byte[]> expected)
    {
        byte[] image = Image();
        RandAugment.Apply(operation, 9, negative, image, Side, Fill);
        byte[] other = Image();
        expected(other);
        Assert.True(other.SequenceEqual(image), operation.ToString());
    }

    private static int Count(IReadOnlyList<RandAugmentOperation> operations, Func<byte[], int> count, int draws) =>
        Enumerable.Range(0, draws).Sum(i =>
    {
        var random = new KeyedRandom(1, RandomPurpose.Augmentation, 0, i);
        byte[] image = Image();
        RandAugment.Apply(image, Side, Fill, operations, ref random);
        return count(image);
    });
}
