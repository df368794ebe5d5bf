using System.Diagnostics;
using Radapt.Batching;
using Radapt.Datasets;
using Radapt.Imaging;
using Radapt.Tests.Imaging;

namespace Radapt.Tests.Batching;

public sealed class DiskCacheTests : IDisposable
{
    private const string WorkerFolder = "RADAPT_TEST_CACHE_WORKER";

    private readonly TemporaryFolder _folder = new();

    private string CacheFolder => _folder["cache"];

    private string[] Entries => Directory.GetFiles(CacheFolder, "*.gray", SearchOption.AllDirectories);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(4)]
    public void Get_StoredImage_IsTheDecodedOne(int bands)
    {
        string path = Write("a.png", 37, 23, bands);
        Radiograph decoded = RadiographReader.Read(path);
        AssertSame(decoded, new DiskCache(CacheFolder).Get(path));
        Assert.Single(Entries);
        var second = new DiskCache(CacheFolder);
        AssertSame(decoded, second.Get(path));
        AssertSame(decoded, second.Get(path)); // by its remembered key
    }

    [Fact]
    public void Get_StoredImage_ComesFromTheEntryAndNotFromTheFile()
    {
        string path = Write("a.png", 37, 23, 1);
        var cache = new DiskCache(CacheFolder);
        Radiograph decoded = cache.Get(path);
        File.Delete(path);
        AssertSame(decoded, cache.Get(path));
        Assert.Contains("there is no such image file", Assert.Throws<RadaptException>(() => new DiskCache(CacheFolder).Get(path)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Get_16BitImage_KeepsWhatTheFileHad()
    {
        File.WriteAllBytes(_folder["a.png"], TestImages.Png16([.. Enumerable.Range(0, 35).Select(i => (ushort)(i * 1800))], 7, 5, 1));
        for (int pass = 0; pass < 2; pass++)
        {
            AssertSame(RadiographReader.Read(_folder["a.png"]), new DiskCache(CacheFolder).Get(_folder["a.png"]));
        }
    }

    [Fact]
    public void Get_FileReplacedByOneOfTheSameSizeAndTime_GivesTheNewImage()
    {
        string path = _folder["a.bin"];
        DateTime time = new(2024, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        byte[] first = TestImages.Png(new byte[100], 10, 10, 1);
        byte[] second = TestImages.Png([.. Enumerable.Repeat((byte)7, 100)], 10, 10, 1);
        int length = Math.Max(first.Length, second.Length);
        foreach (byte[] content in new[] { first, second })
        {
            byte[] padded = [.. content, .. new byte[length - content.Length]]; // what follows the image is not read
            File.WriteAllBytes(path, padded);
            File.SetLastWriteTimeUtc(path, time);
            AssertSame(RadiographReader.Read(path), new DiskCache(CacheFolder).Get(path));
        }

        Assert.Equal(2, Entries.Length);
    }

    [Fact]
    public void Get_CopyUnderAnotherName_SharesTheEntry_OtherSettingsDoNot()
    {
        string path = Write("a.png", 37, 23, 1);
        File.Copy(path, _folder["b.png"]);
        var cache = new DiskCache(CacheFolder);
        cache.Get(path);
        cache.Get(_folder["b.png"]);
        Assert.Single(Entries);
        new DiskCache(CacheFolder, 12).Get(path);
        new DiskCache(CacheFolder, 14).Get(path);
        Assert.Equal(3, Entries.Length);
    }

    [Fact]
    public void Get_AnyByteOfAnEntryDamaged_IsDecodedAgainAndRepaired()
    {
        string path = Write("a.png", 9, 8, 1);
        Radiograph decoded = new DiskCache(CacheFolder).Get(path);
        byte[] sound = File.ReadAllBytes(Entries.Single());
        for (int at = 0; at < sound.Length; at++)
        {
            byte[] damaged = [.. sound];
            damaged[at] ^= 0x10;
            AssertHeals(damaged);
        }

        for (int length = 0; length < sound.Length; length += 5)
        {
            AssertHeals(sound[..length]);
        }

        AssertHeals([.. sound, 0]);
        AssertHeals(new byte[sound.Length]);

        void AssertHeals(byte[] content)
        {
            File.WriteAllBytes(Entries.Single(), content);
            AssertSame(decoded, new DiskCache(CacheFolder).Get(path));
            Assert.Equal(sound, File.ReadAllBytes(Entries.Single()));
        }
    }

    [Fact]
    public void Get_EntryOfAnotherImageUnderItsName_IsNotTaken()
    {
        string a = Write("a.png", 9, 8, 1);
        new DiskCache(CacheFolder).Get(a);
        string entry = Entries.Single();
        string b = Write("b.png", 8, 9, 1);
        new DiskCache(CacheFolder).Get(b);
        File.Copy(Entries.Single(e => e != entry), entry, overwrite: true);
        AssertSame(RadiographReader.Read(a), new DiskCache(CacheFolder).Get(a));
    }

    [Fact]
    public void Get_ManyCachesOnOneFolderAtOnce_AllGiveTheDecodedImages()
    {
        string[] paths = [.. Enumerable.Range(0, 12).Select(i => Write($"{i}.png", 20 + i, 30, 1 + (i % 2 * 2)))];
        Radiograph[] decoded = [.. paths.Select(RadiographReader.Read)];
        Parallel.For(0, 8, new ParallelOptions { MaxDegreeOfParallelism = 8 }, worker =>
        {
            var cache = new DiskCache(CacheFolder);
            for (int pass = 0; pass < 3; pass++)
            {
                for (int i = 0; i < paths.Length; i++)
                {
                    AssertSame(decoded[i], cache.Get(paths[i]));
                }
            }

            Assert.Null(cache.Problem);
        });
        Assert.Equal(12, Entries.Length);
        Assert.Empty(Directory.GetFiles(Path.Combine(CacheFolder, "partial")));
    }

    [Fact]
    public void Open_PartialFilesOfAKilledProcess_AreRemovedOnceOld()
    {
        _ = new DiskCache(CacheFolder);
        string old = Path.Combine(CacheFolder, "partial", "old");
        string young = Path.Combine(CacheFolder, "partial", "young");
        File.WriteAllText(old, "half");
        File.WriteAllText(young, "half");
        File.SetLastWriteTimeUtc(old, DateTime.UtcNow.AddHours(-2));
        _ = new DiskCache(CacheFolder);
        Assert.False(File.Exists(old));
        Assert.True(File.Exists(young)); // it may be another process's, at this moment
    }

    [Fact]
    public void Open_FolderThatIsAFile_IsOneClearLine()
    {
        File.WriteAllText(CacheFolder, "");
        Assert.StartsWith($"--cache {CacheFolder}: the folder cannot be created",
            Assert.Throws<RadaptException>(() => new DiskCache(CacheFolder)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Get_FolderThatCannotBeWritten_UsesWhatIsThereAndSaysSo()
    {
        string a = Write("a.png", 9, 8, 1);
        string b = Write("b.png", 8, 9, 1);
        new DiskCache(CacheFolder).Get(a);
        Directory.Delete(Path.Combine(CacheFolder, "partial"));
        File.WriteAllText(Path.Combine(CacheFolder, "partial"), ""); // for root, too, nothing can be written there
        var cache = new DiskCache(CacheFolder);
        Assert.Contains("cannot be written", cache.Problem, StringComparison.Ordinal);
        AssertSame(RadiographReader.Read(a), cache.Get(a));
        AssertSame(RadiographReader.Read(b), cache.Get(b));
        Assert.Single(Entries);
    }

    [Fact]
    public void Get_WritingFailsLater_GivesTheImageAndSaysSoOnce()
    {
        string path = Write("a.png", 9, 8, 1);
        var cache = new DiskCache(CacheFolder);
        Directory.Delete(Path.Combine(CacheFolder, "partial"));
        AssertSame(RadiographReader.Read(path), cache.Get(path));
        Assert.Contains("no more images are added", cache.Problem, StringComparison.Ordinal);
        AssertSame(RadiographReader.Read(path), cache.Get(path));
    }

    [Fact]
    public void Get_DiskAllButFull_GivesTheImageAndSaysSo()
    {
        var cache = new DiskCache(CacheFolder, reserve: long.MaxValue);
        string path = Write("a.png", 9, 8, 1);
        AssertSame(RadiographReader.Read(path), cache.Get(path));
        Assert.Contains("its disk is almost full", cache.Problem, StringComparison.Ordinal);
        Assert.Empty(Entries);
        Assert.Empty(Directory.GetFiles(Path.Combine(CacheFolder, "partial")));
    }

    [Fact]
    public async Task Get_ProcessesKilledWhileTheyWrite_LeaveOnlySoundEntries()
    {
        string images = Directory.CreateDirectory(_folder["images"]).FullName;
        for (int i = 0; i < 40; i++)
        {
            Write(Path.Combine("images", $"{i}.png"), 400 + i, 300, 1);
        }

        for (int round = 0; round < 3; round++)
        {
            Process[] workers = [.. Enumerable.Range(0, 2).Select(_ => StartWorker(images))];
            while (!(Directory.Exists(CacheFolder) && Entries.Length > 12 * (round + 1)))
            {
                await Task.Delay(1, TestContext.Current.CancellationToken);
            }

            foreach (Process worker in workers)
            {
                worker.Kill(); // SIGKILL
                await worker.WaitForExitAsync(TestContext.Current.CancellationToken);
                worker.Dispose();
            }
        }

        Assert.InRange(Entries.Length, 36, 40);
        int sound = Entries.Length;
        var cache = new DiskCache(CacheFolder, reserve: long.MaxValue); // adds nothing: what it finds is the workers'
        foreach (string path in Directory.GetFiles(images))
        {
            AssertSame(RadiographReader.Read(path), cache.Get(path));
        }

        Assert.Equal(sound, Entries.Length);
    }

    /// <summary>Not a test: what <see cref="Get_ProcessesKilledWhileTheyWrite_LeaveOnlySoundEntries"/> runs as other processes.</summary>
    [Fact(Explicit = true)]
    public void Worker()
    {
        string folder = Environment.GetEnvironmentVariable(WorkerFolder)
            ?? throw new InvalidOperationException("Started by another test only.");
        var cache = new DiskCache(Path.Combine(folder, "cache"));
        foreach (string path in Directory.GetFiles(Path.Combine(folder, "images")).OrderBy(_ => Random.Shared.Next()))
        {
            cache.Get(path);
        }

        Thread.Sleep(Timeout.Infinite);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Get_StoredAtTheSizeOfEvaluation_EvaluationSeesTheSamePixels(int bands)
    {
        var preprocessing = new Preprocessing(ImageSize: 16, Resize: 20, Mean: 0.5, Std: 0.25);
        foreach ((int width, int height) in new[] { (64, 51), (33, 97), (20, 41), (17, 30), (12, 50) })
        {
            string path = Write($"{width}x{height}.png", width, height, bands);
            var expected = new float[256];
            var actual = new float[256];
            EvaluationTransform.Apply(RadiographReader.Read(path), preprocessing, expected);
            for (int pass = 0; pass < 2; pass++)
            {
                Radiograph small = new DiskCache(CacheFolder, preprocessing.Resize).Get(path);
                Assert.Equal(Math.Min(20, Math.Min(width, height)), Math.Min(small.Width, small.Height));
                EvaluationTransform.Apply(small, preprocessing, actual);
                Assert.Equal(expected, actual);
            }
        }
    }

    [Theory]
    [InlineData(Augmentation.None)]
    [InlineData(Augmentation.CropFlip)]
    public void Training_RealImagesThroughTheFullSizeCache_GiveTheSameBatches(Augmentation augmentation)
    {
        string root = Repository.RealData("covid-cxr");
        LabelledImages all = DataReader.ReadOne(Path.Combine(root, "labels.csv"), new DataOptions());
        LabelledImages images = all with { Items = [.. all.Items.Where((_, i) => i % 12 == 0)] };
        var preprocessing = new Preprocessing(32, 36, 0.5, 0.25);
        List<float[]> live = Pixels(new ImageBatches(images, preprocessing, 8, 2, 0));
        for (int run = 0; run < 2; run++)
        {
            var batches = new ImageBatches(images, preprocessing, 8, 2, 0, new DiskCache(CacheFolder));
            Assert.Equal(live, Pixels(batches));
            Assert.Equal(live, Pixels(batches));
        }

        List<float[]> Pixels(ImageBatches batches)
        {
            var pixels = new List<float[]>();
            foreach (ImageBatch batch in batches.Training(augmentation, 1, 0, cancellation: TestContext.Current.CancellationToken))
            {
                using (batch)
                {
                    pixels.Add([.. batch.Values]);
                }
            }

            return pixels;
        }
    }

    private Process StartWorker(string images)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!)
        {
            ArgumentList = { "-method", $"{typeof(DiskCacheTests).FullName}.{nameof(Worker)}", "-explicit", "only" },
            RedirectStandardOutput = true,
            Environment = { [WorkerFolder] = Path.GetDirectoryName(images)! },
        };
        return Process.Start(start)!;
    }

    private static void AssertSame(Radiograph expected, Radiograph actual)
    {
        Assert.Equal((expected.Width, expected.Height, expected.Channels, expected.SourceBits),
            (actual.Width, actual.Height, actual.Channels, actual.SourceBits));
        Assert.Equal(expected.Pixels, actual.Pixels);
    }

    private string Write(string name, int width, int height, int bands)
    {
        string path = _folder[name];
        File.WriteAllBytes(path, TestImages.Png(TestImages.Pattern(width, height, bands), width, height, bands));
        return path;
    }
}
