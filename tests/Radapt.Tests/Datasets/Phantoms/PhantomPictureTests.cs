using Radapt.Compute;
using Radapt.Datasets.Phantoms;

namespace Radapt.Tests.Datasets.Phantoms;

/// <summary>A finding changes a picture where its mask says, and hardly anywhere else.</summary>
public class PhantomPictureTests
{
    private const int Size = 96;

    [Theory]
    [InlineData(PhantomFinding.Effusion, 1)]
    [InlineData(PhantomFinding.Consolidation, 1)]
    [InlineData(PhantomFinding.Nodule, 1)]
    [InlineData(PhantomFinding.Pneumothorax, -1)]
    public void Draw_Finding_ShowsInItsMask(PhantomFinding finding, int brighter)
    {
        double inside = 0;
        double outside = 0;
        const int images = 40;
        for (int i = 0; i < images; i++)
        {
            PhantomPicture with = Draw(i, finding);
            PhantomPicture without = Draw(i, null);
            byte[] mask = with.Masks[finding];
            inside += Difference(mask, 255);
            outside += Math.Abs(Difference(mask, 0));

            double Difference(byte[] mask, byte where) => Enumerable.Range(0, mask.Length).Where(p => mask[p] == where)
                .Average(p => (double)with.Pixels[p] - without.Pixels[p]);
        }

        Assert.True(brighter * inside / images > 4, $"{inside / images} inside");
        Assert.InRange(outside / images, 0, 1.5);
    }

    [Fact]
    public void Draw_Cardiomegaly_WidensTheHeartPastHalfOfTheChest()
    {
        for (int i = 0; i < 40; i++)
        {
            Assert.InRange(Draw(i, PhantomFinding.Cardiomegaly).HeartRatio, 0.515, 0.69);
            Assert.InRange(Draw(i, null).HeartRatio, 0.37, 0.515);
        }
    }

    [Fact]
    public void Draw_SidesOfTheMask_AreThoseOfTheReport()
    {
        for (int i = 0; i < 20; i++)
        {
            var random = new KeyedRandom(4, RandomPurpose.Phantom, i);
            var habitus = Habitus.Draw(ref random);
            var exposure = Exposure.Draw(PhantomDifficulty.Easy, ref random);
            var lesions = Lesions.Draw(f => f == PhantomFinding.Effusion, PhantomDifficulty.Easy, ref random);
            byte[] mask = PhantomPicture.Draw(Size, habitus, exposure, lesions, ref random).Masks[PhantomFinding.Effusion];
            double x = Enumerable.Range(0, mask.Length).Where(p => mask[p] == 255).Average(p => p % Size);
            string side = x < Size / 2.0 ? "right" : "left"; // the patient's right is the picture's left
            Assert.Contains(side, PhantomReport.Write(lesions, exposure, 0.4f, ref random), StringComparison.Ordinal);
        }
    }

    private static PhantomPicture Draw(int i, PhantomFinding? finding)
    {
        var random = new KeyedRandom(3, RandomPurpose.Phantom, i);
        var habitus = Habitus.Draw(ref random);
        var lesions = Lesions.Draw(f => f == finding, PhantomDifficulty.Easy, ref random);
        var exposure = Exposure.Draw(PhantomDifficulty.Easy, ref random);
        return PhantomPicture.Draw(Size, habitus, exposure, lesions, ref random);
    }
}
