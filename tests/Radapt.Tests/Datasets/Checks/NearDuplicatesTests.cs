using CsCheck;
using Radapt.Compute;
using Radapt.Datasets.Checks;

namespace Radapt.Tests.Datasets.Checks;

public class NearDuplicatesTests
{
    [Fact]
    public void Find_AnyHashes_FindsWhatComparingAllWithAllFinds() =>
        Gen.Select(Gen.Int[0, 300], Gen.Int[0, NearDuplicates.LargestDistance], Gen.Int[0, 1_000_000]).Sample((count, distance, seed) =>
        {
            PictureHash[] hashes = Alike(count, seed);
            Assert.Equal(AllPairs(hashes, distance), NearDuplicates.Find(hashes, distance, TestContext.Current.CancellationToken));
        }, iter: 100);

    [Fact]
    public void Find_TensOfThousands_FindsSome()
    {
        PictureHash[] hashes = Alike(30_000, 1);
        Assert.NotEmpty(NearDuplicates.Find(hashes, 20, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void PictureHash_BrighterFlatterLarger_StaysAndInverted_IsOpposite()
    {
        byte[] picture = Picture(64, 48);
        PictureHash hash = HashOf(picture, 64, 48);
        Assert.InRange(PictureHash.Distance(hash, HashOf([.. picture.Select(p => (byte)((p / 2) + 90))], 64, 48)), 0, 8);
        byte[] doubled = [.. Enumerable.Range(0, 128 * 96).Select(i => picture[(i / 128 / 2 * 64) + (i % 128 / 2)])];
        Assert.InRange(PictureHash.Distance(hash, HashOf(doubled, 128, 96)), 0, 20);
        Assert.InRange(PictureHash.Distance(hash, HashOf([.. picture.Select(p => (byte)(255 - p))], 64, 48)), PictureHash.Bits - 8,
            PictureHash.Bits);
        Assert.Equal(new PictureHash(0, 0, 0, 0), HashOf(new byte[9], 3, 3)); // smaller than the grid
    }

    [Fact]
    public void PictureCells_AnySize_AveragesAsCountedByHand() =>
        Gen.Select(Gen.Int[1, 90], Gen.Int[1, 90]).Sample((width, height) =>
        {
            byte[] picture = Picture(width, height);
            Span<float> cells = stackalloc float[PictureCells.Rows * PictureCells.HashColumns];
            Span<byte> thumb = stackalloc byte[PictureCells.Rows * PictureCells.ThumbColumns];
            PictureCells.Average(picture, width, height, cells, thumb);
            for (int row = 0; row < 16; row++)
            {
                for (int x = 0; x < 17; x++)
                {
                    (int top, int left) = (row * height / 16, x * width / 17);
                    (int bottom, int right) = (Math.Max(top + 1, (row + 1) * height / 16), Math.Max(left + 1, (x + 1) * width / 17));
                    double sum = 0;
                    for (int i = top; i < bottom; i++)
                    {
                        sum += picture.AsSpan((i * width) + left, right - left).ToArray().Sum(p => p);
                    }

                    Assert.Equal(sum / ((bottom - top) * (right - left)), cells[(row * 17) + x], 0.001);
                }
            }
        }, iter: 100);

    // Families of pictures that differ in a few bits, as near-duplicates do, and families that are like each other.
    private static PictureHash[] Alike(int count, int seed)
    {
        var random = new KeyedRandom(seed, RandomPurpose.Phantom);
        var hashes = new PictureHash[count];
        for (int i = 0; i < count; i++)
        {
            ulong[] words = i < 4 || random.NextInt32(3) > 0
                ? [random.NextUInt64() & random.NextUInt64(), random.NextUInt64(), random.NextUInt64(),
                    random.NextUInt64() | random.NextUInt64()]
                : [hashes[i / 2].A, hashes[i / 2].B, hashes[i / 2].C, hashes[i / 2].D];
            for (int flips = random.NextInt32(40); flips > 0; flips--)
            {
                int bit = random.NextInt32(256);
                words[bit / 64] ^= 1UL << (bit % 64);
            }

            hashes[i] = new PictureHash(words[0], words[1], words[2], words[3]);
        }

        return hashes;
    }

    private static List<(int, int, int)> AllPairs(PictureHash[] hashes, int distance)
    {
        var pairs = new List<(int, int, int)>();
        for (int a = 0; a < hashes.Length; a++)
        {
            for (int b = a + 1; b < hashes.Length; b++)
            {
                if (PictureHash.Distance(hashes[a], hashes[b]) is var d && d <= distance)
                {
                    pairs.Add((a, b, d));
                }
            }
        }

        return pairs;
    }

    private static PictureHash HashOf(byte[] picture, int width, int height)
    {
        Span<float> cells = stackalloc float[PictureCells.Rows * PictureCells.HashColumns];
        PictureCells.Average(picture, width, height, cells, stackalloc byte[PictureCells.Rows * PictureCells.ThumbColumns]);
        return PictureHash.Compute(cells);
    }

    private static byte[] Picture(int width, int height) =>
        [.. Enumerable.Range(0, width * height).Select(i => (byte)(120 + (100 * Math.Sin(i % width * 0.37) * Math.Cos(i / width * 0.21))))];
}
