using Radapt.Adaptation.Lora;
using Radapt.Compute;
using Radapt.Imaging;
using Radapt.Inference;
using Radapt.TestData.Dicom;

namespace Radapt.Tests.Inference;

/// <summary>One predictor and many callers: counts and equal bits, never times.</summary>
public sealed class PredictorTests : IClassFixture<SavedAdapters>
{
    private readonly SavedAdapters _saved;
    private readonly string _adapter;

    public PredictorTests(SavedAdapters saved)
    {
        _saved = saved;
        _adapter = saved.Save(2, new LoraOptions { Rank = 2 });
    }

    public static TheoryData<string, string> Plans => new()
    {
        { "float32", "packed" }, { "float32", "linear" }, { "float32", "convolution" }, { "bfloat16", "linear" },
    };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    // "deterministic whatever the batching"
    [Theory]
    [MemberData(nameof(Plans))]
    public async Task PredictAsync_ManyCallersAtOnce_EqualsOneByOneBitForBit(string precision, string products)
    {
        var options = new PredictorOptions
        {
            Plan = new ComputePlan(precision, "cpu", 1) { Products = products },
            BatchSize = 5,
            BatchWindow = TimeSpan.FromMilliseconds(3),
            QueueLimit = 9,
        };
        using var predictor = Predictor.Open(_adapter, options);
        IReadOnlyList<float>[] alone = [.. _saved.Images.Select(i => predictor.Predict([i], cancellation: Cancellation).Single().Logits!)];
        int answers = 0;

        await Task.WhenAll(Enumerable.Range(0, 8).Select(caller => Task.Run(async () =>
        {
            for (int i = 0; i < 30; i++)
            {
                int image = ((caller * 7) + i) % _saved.Images.Count;
                Prediction answer = await predictor.PredictAsync(_saved.Images[image], cancellation: Cancellation);
                Assert.Equal(_saved.Images[image], answer.Path);
                Assert.Equal(alone[image], answer.Logits);
                Interlocked.Increment(ref answers);
            }
        }, Cancellation)));

        Assert.Equal(240, answers);
        Assert.Equal(alone, predictor.Predict(_saved.Images, batchSize: 16, cancellation: Cancellation).Select(p => p.Logits!));
    }

    [Fact]
    public async Task PredictAsync_ManyImages_AreAnsweredInTheirOrder()
    {
        using var predictor = Predictor.Open(_adapter, new PredictorOptions { BatchSize = 2, QueueLimit = 3 });
        var names = new List<string>();
        await foreach (Prediction p in predictor.PredictAsync(_saved.Images.Select(i => (ImageSource)i), cancellation: Cancellation))
        {
            Assert.NotNull(p.Probabilities);
            names.Add(p.Path);
        }

        Assert.Equal(_saved.Images, names);
    }

    [Fact]
    public async Task PredictAsync_FromMemoryAndStream_EqualsTheFile()
    {
        using var predictor = Predictor.Open(_adapter);
        Prediction file = await predictor.PredictAsync(_saved.Images[0], cancellation: Cancellation);
        byte[] bytes = await File.ReadAllBytesAsync(_saved.Images[0], Cancellation);
        var padded = new byte[bytes.Length + 20];
        bytes.CopyTo(padded, 10);
        using var stream = new MemoryStream(bytes);

        Prediction memory = await predictor.PredictAsync(
            ImageSource.FromMemory(padded.AsMemory(10, bytes.Length), "a"), cancellation: Cancellation);
        Prediction streamed = await predictor.PredictAsync(
            await ImageSource.FromStreamAsync(stream, cancellation: Cancellation), cancellation: Cancellation);

        Assert.Equal(file.Logits, memory.Logits);
        Assert.Equal(file.Logits, streamed.Logits);
        Assert.Equal(("a", "image"), (memory.Path, streamed.Path));
    }

    // all guards hold for memory as for files
    [Theory]
    [InlineData("ct", "not a radiograph: CT", null)]
    [InlineData("lateral", "view LAT, not frontal", null)]
    [InlineData("blank", "blank: 98 % of its pixels are within 16 of 256 gray levels", null)]
    [InlineData("text", null, "its content is neither PNG, JPEG nor DICOM (whatever the name says); convert it to PNG.")]
    [InlineData("empty", null, "the file is empty; copy or export it again.")]
    [InlineData("bomb", null, "its header says 60000 x 60000 pixels; sides of 1 to 65535 and at most 100 million pixels are read.")]
    public async Task PredictAsync_ImageThatMustNotBeScored_SaysWhyAsForAFile(string kind, string? refusal, string? error)
    {
        byte[] content = Content(kind);
        using var predictor = Predictor.Open(_adapter);
        Prediction memory = await predictor.PredictAsync(ImageSource.FromMemory(content, "image"), cancellation: Cancellation);
        Assert.Equal((refusal, error), (memory.Refusal, memory.Error));
        Assert.Null(memory.Probabilities);
        if (kind != "empty") // a file without content has a message of its own
        {
            string path = _saved[$"{kind}.bin"];
            await File.WriteAllBytesAsync(path, content, Cancellation);
            Prediction file = await predictor.PredictAsync(path, cancellation: Cancellation);
            Assert.Equal((refusal, error), (file.Refusal, file.Error));
        }
    }

    [Fact]
    public async Task FromStream_LongerThanAllowed_IsRefused()
    {
        using var stream = new MemoryStream(new byte[100_001]);
        RadaptException e = await Assert.ThrowsAsync<RadaptException>(
            () => ImageSource.FromStreamAsync(stream, largest: 100_000, cancellation: Cancellation));
        Assert.Equal("images of up to 100,000 bytes are read; this one is larger.", e.What);
    }

    [Fact]
    public async Task Dispose_WhileOthersPredict_WaitsForThemAndRefusesLaterOnes()
    {
        for (int round = 0; round < 10; round++)
        {
            var predictor = Predictor.Open(_adapter, new PredictorOptions { BatchSize = 3, QueueLimit = 4 });
            Task<Prediction>[] running = [.. Enumerable.Range(0, 20)
                .Select(i => predictor.PredictAsync(_saved.Images[i % _saved.Images.Count], cancellation: Cancellation))];
            Task[] synchronous = [.. Enumerable.Range(0, 2).Select(_ => Task.Run(() =>
            {
                while (true)
                {
                    _ = predictor.Predict(_saved.Images, cancellation: Cancellation).Count();
                }
            }, Cancellation))];

            await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => predictor.DisposeAsync().AsTask()));

            Assert.All(await Task.WhenAll(running), p => Assert.NotNull(p.Probabilities));
            foreach (Task ended in synchronous)
            {
                await Assert.ThrowsAsync<ObjectDisposedException>(() => ended);
            }

            await Assert.ThrowsAsync<ObjectDisposedException>(
                () => predictor.PredictAsync(_saved.Images[0], cancellation: Cancellation));
            Assert.Throws<ObjectDisposedException>(() => predictor.Predict(_saved.Images, cancellation: Cancellation));
            predictor.Dispose();
        }
    }

    [Fact]
    public async Task PredictAsync_Cancelled_EndsAndLosesNothingElse()
    {
        using var predictor = Predictor.Open(_adapter, new PredictorOptions { BatchSize = 4, QueueLimit = 2 });
        using var ending = new CancellationTokenSource();
        Task<Prediction>[] others = [.. _saved.Images.Select(i => predictor.PredictAsync(i, cancellation: Cancellation))];
        Task<Prediction>[] cancelled = [.. _saved.Images.Select(i => predictor.PredictAsync(i, cancellation: ending.Token))];
        await ending.CancelAsync();

        Assert.All(await Task.WhenAll(others), p => Assert.NotNull(p.Probabilities));
        Assert.True(await Task.WhenAll(cancelled).ContinueWith(t => t.IsCanceled, TaskScheduler.Default));
        Assert.NotNull((await predictor.PredictAsync(_saved.Images[0], cancellation: Cancellation)).Probabilities);
    }

    // ComputePlan takes "float16" and products "bogus"
    [Fact]
    public void ComputePlan_UnknownWords_AreRefused()
    {
        Assert.Contains("'float16' is not a precision of a plan; use float32, bfloat16.",
            Assert.Throws<ArgumentException>(() => new ComputePlan("float16", "cpu", 1)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => ComputePlan.Float32 with { Products = "bogus" });
        Assert.Throws<ArgumentException>(() => ComputePlan.Float32 with { Device = "gpu" });
        Assert.Throws<ArgumentOutOfRangeException>(() => ComputePlan.Float32 with { Threads = 0 });
    }

    // Predictor.Open(run) computes as the run did
    [Fact]
    public void Open_RunWithRecipe_ComputesAsTheRunDid()
    {
        Directory.CreateDirectory(_saved["run"]);
        File.Copy(_adapter, Path.Combine(_saved["run"], "adapter.safetensors"), overwrite: true);
        File.WriteAllText(Path.Combine(_saved["run"], "recipe.yaml"), "precision: bfloat16\nproducts: convolution\nthreads: 1\n");
        using var predictor = Predictor.Open(_saved["run"]);
        Assert.Equal(new ComputePlan("bfloat16", "cpu", 1) { Products = "convolution" }, predictor.Plan);
        using var told = Predictor.Open(_saved["run"], plan: ComputePlan.Float32);
        Assert.Equal(ComputePlan.Float32, told.Plan);
    }

    private byte[] Content(string kind)
    {
        byte[] png = File.ReadAllBytes(_saved.Images[0]);
        switch (kind)
        {
            case "ct":
                return (DicomPhantom.Draw(40, 40, 12, 1) with { Modality = "CT" }).ToFile("explicit");
            case "lateral":
                return (DicomPhantom.Draw(40, 40, 12, 1) with { View = "LL" }).ToFile("explicit");
            case "blank":
                using (var blank = NetVips.Image.Black(40, 40))
                {
                    return blank.PngsaveBuffer();
                }

            case "text":
                return "Effusion"u8.ToArray();
            case "bomb":
                System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(png.AsSpan(16), 60000);
                System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(png.AsSpan(20), 60000);
                return png;
            default:
                return [];
        }
    }
}
