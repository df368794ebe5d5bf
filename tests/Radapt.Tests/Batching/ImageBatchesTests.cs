using NetVips;
using Radapt.Batching;
using Radapt.Datasets;
using Radapt.Imaging;
using Radapt.Imaging.Dicom;
using Radapt.Tests.Imaging.Dicom;

namespace Radapt.Tests.Batching;

public sealed class ImageBatchesTests : IDisposable
{
    private const int Side = 12;
    private static readonly Preprocessing s_preprocessing = new(ImageSize: 8, Resize: 10, Mean: 0.5, Std: 0.25);

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    /// <summary>R7: said once, however many files have it.</summary>
    [Fact]
    public void Remarks_UnusableWindows_AreSaidOnce()
    {
        foreach (int i in Enumerable.Range(0, 5))
        {
            File.WriteAllBytes(_folder[$"{i}.dcm"], DicomFiles.Row(
                [1, 2, 3], more: f => f.Text(DicomTag.WindowCenter, "DS", "NaN").Text(DicomTag.WindowWidth, "DS", $"{i}")));
        }

        var images =
            new LabelledImages([], [.. Enumerable.Range(0, 5).Select(i => new LabelledImage($"{i}", _folder[$"{i}.dcm"], null, []))]);
        var batches = new ImageBatches(images, s_preprocessing, 2, threads: 2, cacheBytes: 0);
        Assert.Empty(batches.Remarks);
        Assert.Equal(3, Contents(batches.Evaluation(cancellation: Token)).Count);
        Assert.Contains("Window Center", Assert.Single(batches.Remarks), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Augmentation.None)]
    [InlineData(Augmentation.CropFlip)]
    [InlineData(Augmentation.ShiftFlipNoise)]
    [InlineData(Augmentation.RandAugmentErasing)]
    [InlineData(Augmentation.RandAugmentSafe)]
    public void Training_AnyThreadsAndCache_GivesTheSameBatches(Augmentation augmentation)
    {
        LabelledImages images = Write(23);
        var expected =
            Contents(new ImageBatches(images, s_preprocessing, 4, threads: 1, cacheBytes: 0).Training(augmentation, 5, 2,
                cancellation: Token));
        Assert.Equal(5, expected.Count);
        foreach ((int threads, long cache) in new (int, long)[] { (2, 0), (7, 1000), (3, 1 << 20) })
        {
            var batches = new ImageBatches(images, s_preprocessing, 4, threads, cache);
            Assert.Equal(5, batches.BatchesPerEpoch);
            for (int pass = 0; pass < 2; pass++)
            {
                Assert.Equal(expected, Contents(batches.Training(augmentation, 5, 2, cancellation: Token)));
            }

            Assert.Equal(expected.Skip(3), Contents(batches.Training(augmentation, 5, 2, startBatch: 3, cancellation: Token)));
            Assert.NotEqual(expected, Contents(batches.Training(augmentation, 5, 3, cancellation: Token)));
        }
    }

    [Fact]
    public void Evaluation_PartialBatch_HoldsPixelsAndLabelsOfItsItems()
    {
        LabelledImages images = Write(5);
        int item = 0;
        foreach (ImageBatch batch in new ImageBatches(images, s_preprocessing, 3, 2).Evaluation(cancellation: Token))
        {
            using (batch)
            {
                Assert.Equal(item == 0 ? 3 : 2, batch.Count);
                Assert.Empty(batch.Unreadable);
                for (int slot = 0; slot < batch.Count; slot++, item++)
                {
                    Assert.Equal(item, batch.Items[slot]);
                    Assert.Equal(images.Items[item].Labels, batch.Labels[(slot * 2)..((slot + 1) * 2)]);
                    var expected = new float[64];
                    EvaluationTransform.Apply(RadiographReader.Read(images.Items[item].Path), s_preprocessing, expected);
                    Assert.Equal(expected, batch.Values[(slot * 64)..((slot + 1) * 64)]);
                }
            }
        }

        Assert.Equal(5, item);
    }

    [Fact]
    public void Evaluation_UnreadableFile_IsThrownOrReportedAsAsked()
    {
        LabelledImages images = Write(6);
        File.WriteAllText(images.Items[1].Path, "not an image");
        File.Delete(images.Items[4].Path);
        var batches = new ImageBatches(images, s_preprocessing, 4, 2);
        RadaptException error = Assert.Throws<RadaptException>(() => Contents(batches.Evaluation(cancellation: Token)));
        Assert.Contains(images.Items[1].Path, error.Message, StringComparison.Ordinal);

        var unreadable = new List<int>();
        int read = 0;
        foreach (ImageBatch batch in batches.Evaluation(UnreadableImages.Report, cancellation: Token))
        {
            using (batch)
            {
                read += batch.Count - batch.Unreadable.Count;
                unreadable.AddRange(batch.Unreadable.Select(u => batch.Items[u.Slot]));
                Assert.All(batch.Unreadable, u => Assert.All(batch.Values[(u.Slot * 64)..((u.Slot + 1) * 64)], p => Assert.Equal(0, p)));
                Assert.All(batch.Unreadable,
                    u => Assert.Contains(images.Items[batch.Items[u.Slot]].Path, u.Error.Message, StringComparison.Ordinal));
            }
        }

        Assert.Equal([1, 4], unreadable);
        Assert.Equal(4, read);
    }

    [Fact]
    public void Training_CachedImages_AreReadOnce()
    {
        LabelledImages images = Write(8);
        var batches = new ImageBatches(images, s_preprocessing, 4, 2);
        var first = Contents(batches.Training(Augmentation.CropFlip, 0, 0, cancellation: Token));
        foreach (LabelledImage image in images.Items)
        {
            File.Delete(image.Path);
        }

        Assert.Equal(first, Contents(batches.Training(Augmentation.CropFlip, 0, 0, cancellation: Token)));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(3 * ((Side * Side) + 128), 3)]
    [InlineData(1 << 20, 8)]
    public void Cache_AnyBudget_IsKept(long bytes, int kept)
    {
        LabelledImages images = Write(8);
        var cache = new RadiographCache(bytes);
        for (int pass = 0; pass < 2; pass++)
        {
            for (int i = 0; i < 8; i++)
            {
                Assert.Equal(RadiographReader.Read(images.Items[i].Path).Pixels, cache.Get(images.Items[i].Path).Pixels);
            }
        }

        Assert.Equal(kept, cache.Count);
    }

    [Fact]
    public void Training_RealImages_AnyThreadsGiveTheSameBatches()
    {
        string root = Repository.RealData("covid-cxr");
        LabelledImages all = DataReader.ReadOne(Path.Combine(root, "labels.csv"), new DataOptions());
        LabelledImages images = all with { Items = [.. all.Items.Where((_, i) => i % 10 == 0)] };
        var preprocessing = new Preprocessing(32, 36, 0.5, 0.25);
        Assert.Equal(
            Contents(new ImageBatches(images, preprocessing, 8, 1, 0).Training(Augmentation.CropFlip, 1, 0, cancellation: Token)),
            Contents(new ImageBatches(images, preprocessing, 8, 5).Training(Augmentation.CropFlip, 1, 0, cancellation: Token)));
    }

    private static List<(string Items, string Labels, ulong Pixels)> Contents(IEnumerable<ImageBatch> batches)
    {
        var contents = new List<(string, string, ulong)>();
        foreach (ImageBatch batch in batches)
        {
            using (batch)
            {
                int area = batch.Values.Length / batch.Items.Length;
                ReadOnlySpan<float> pixels = batch.Values.AsSpan(0, batch.Count * area);
                Assert.All(batch.Values, p => Assert.True(float.IsFinite(p)));
                contents.Add((
                    string.Join(',', batch.Items.Take(batch.Count)),
                    string.Join(',', batch.Labels.Take(batch.Count * batch.Labels.Length / batch.Items.Length)),
                    System.IO.Hashing.XxHash3.HashToUInt64(System.Runtime.InteropServices.MemoryMarshal.AsBytes(pixels))));
            }
        }

        return contents;
    }

    // Gradients whose slope and offset differ per image, labelled for two findings.
    private LabelledImages Write(int count)
    {
        var items = new LabelledImage[count];
        for (int i = 0; i < count; i++)
        {
            string path = _folder[$"{i}.png"];
            byte[] pixels = [.. Enumerable.Range(0, Side * Side).Select(p => (byte)((p * (i + 1)) + (31 * i)))];
            using Image image = Image.NewFromMemory(pixels, Side, Side, 1, Enums.BandFormat.Uchar);
            image.WriteToFile(path);
            items[i] = new LabelledImage($"{i}.png", path, null, [(sbyte)(i % 2), (sbyte)((i % 3) - 1)]);
        }

        return new LabelledImages(["a", "b"], items);
    }
}
