using Radapt.Compute;
using Radapt.Compute.Passes;

namespace Radapt.Tests.Compute;

public class KeyedRandomTests
{
    [Fact]
    public void Streams_SameKey_SameNumbers()
    {
        var a = new KeyedRandom(7, RandomPurpose.Augmentation, 3, 11);
        var b = new KeyedRandom(7, RandomPurpose.Augmentation, 3, 11);
        Assert.Equal(Enumerable.Range(0, 50).Select(_ => a.NextUInt64()).ToArray(), Enumerable.Range(0, 50)
            .Select(_ => b.NextUInt64()).ToArray());
    }

    [Fact]
    public void Streams_AnyKeyPartChanges_OtherNumbers()
    {
        var first = new HashSet<ulong>();
        for (int seed = 0; seed < 4; seed++)
        {
            for (int key0 = -1; key0 < 8; key0++)
            {
                for (int key1 = -1; key1 < 8; key1++)
                {
                    Assert.True(first.Add(new KeyedRandom(seed, RandomPurpose.Shuffle, key0, key1).NextUInt64()));
                    Assert.True(first.Add(new KeyedRandom(seed, RandomPurpose.Dropout, key0, key1).NextUInt64()));
                }
            }
        }
    }

    [Fact]
    public void DropoutMask_LongMask_HasTheRightMeanAndDependsOnlyOnTheIndex()
    {
        var mask = new float[100_003];
        new DropoutMask(new KeyedRandom(1, RandomPurpose.Dropout, 5), 0.1).Fill(mask);
        Assert.All(mask, m => Assert.True(m is 0 or 1 / 0.9f));
        Assert.Equal(0.9, mask.Count(m => m > 0) / (double)mask.Length, 0.005);
        var shorter = new float[1_001];
        new DropoutMask(new KeyedRandom(1, RandomPurpose.Dropout, 5), 0.1).Fill(shorter);
        Assert.Equal(mask[..1_001], shorter);
    }

    [Fact]
    public void NextGaussian_ManyDraws_HasUnitVariance()
    {
        var random = new KeyedRandom(2, RandomPurpose.Phantom);
        double[] draws = [.. Enumerable.Range(0, 100_000).Select(_ => random.NextGaussian())];
        Assert.Equal(0, draws.Average(), 0.02);
        Assert.Equal(1, draws.Average(d => d * d), 0.02);
    }
}
