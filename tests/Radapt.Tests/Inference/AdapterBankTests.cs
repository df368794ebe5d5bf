using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Radapt.Adaptation;
using Radapt.Adaptation.Lora;
using Radapt.Adaptation.Methods;
using Radapt.Compute;
using Radapt.Imaging;
using Radapt.Inference;
using TorchSharp;

namespace Radapt.Tests.Inference;

public sealed class AdapterBankTests(SavedAdapters saved) : IClassFixture<SavedAdapters>
{
    // Ranks, targets, blocks, scales and numbers of findings all differ; then methods that are not merged, and one with weights of its own.
    private static readonly MethodOptions[] s_methods =
    [
        new LoraOptions { Rank = 2 }, new LoraOptions { Rank = 4, RankStabilised = true },
        new LoraOptions { Rank = 1, Targets = ["k", "fc1", "fc2"], Blocks = [1] },
        new LoraOptions { Ranks = [3, 0, 1], Targets = ["q", "k", "v", "proj"] }, new LoraOptions { Magnitudes = true },
        new PlainMethod("ia3"), new VptOptions { PromptTokens = 3 }, new HoulsbyOptions { Bottleneck = 5 }, new PlainMethod("linear"),
        new PlainMethod("bitfit"),
    ];

    public static TheoryData<string, string> Plans => PredictorTests.Plans;

    private static long Live => DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string[] Paths => [.. s_methods.Select((m, i) => saved.Save(i, m))];

    [Theory]
    [MemberData(nameof(Plans))]
    public async Task PredictAsync_ManyModelsMixed_EqualsPredictorsOfTheirOwnBitForBit(string precision, string products)
    {
        var plan = new ComputePlan(precision, "cpu", 1) { Products = products };
        string[] paths = Paths;
        await using AdapterBank bank = await Bank(paths, plan);
        var alone = new IReadOnlyList<float>[paths.Length][];
        for (int model = 0; model < paths.Length; model++)
        {
            using var own = Predictor.Open(paths[model], plan: plan);
            alone[model] = [.. own.Predict(saved.Images, cancellation: Cancellation).Select(p => p.Logits!)];
        }

        Task<Prediction>[] answers = [.. from image in Enumerable.Range(0, saved.Images.Count)
            from model in Enumerable.Range(0, paths.Length)
            select bank.PredictAsync($"model {model}", saved.Images[image], cancellation: Cancellation)];

        Prediction[] all = await Task.WhenAll(answers);
        for (int i = 0; i < all.Length; i++)
        {
            Assert.Equal(alone[i % paths.Length][i / paths.Length], all[i].Logits);
        }
    }

    // 8 clients, adapters swapped meanwhile: every request is answered by one of the two that had the name, or told that none has it.
    [Fact]
    public async Task PredictAsync_ModelsReplacedAndRemovedMeanwhile_EveryRequestIsAnswered()
    {
        const int Clients = 8, Requests = 60;
        string[] paths = [saved.Save(2, s_methods[2]), saved.Save(3, s_methods[3])];
        await using AdapterBank bank = await Bank(paths[..1], ComputePlan.Float32 with { Threads = 1 });
        Dictionary<int, IReadOnlyList<float>> expected = [];
        foreach (string path in paths)
        {
            using var own = Predictor.Open(path, plan: ComputePlan.Float32 with { Threads = 1 });
            Prediction one = own.Predict([saved.Images[0]], cancellation: Cancellation).Single();
            expected[one.Logits!.Count] = one.Logits;
        }

        var counts = new ConcurrentDictionary<string, int>();
        Task[] clients = [.. Enumerable.Range(0, Clients).Select(_ => Task.Run(async () =>
        {
            for (int i = 0; i < Requests; i++)
            {
                try
                {
                    ImageSource image = i % 10 == 0 ? ImageSource.FromMemory("no image"u8.ToArray()) : saved.Images[0];
                    Prediction answer = await bank.PredictAsync("model 0", image, cancellation: Cancellation);
                    if (i % 10 == 0)
                    {
                        Assert.NotNull(answer.Error);
                    }
                    else
                    {
                        Assert.Equal(expected[answer.Logits!.Count], answer.Logits);
                    }

                    counts.AddOrUpdate("answered", 1, (_, n) => n + 1);
                }
                catch (RadaptException e) when (e.Message.StartsWith("There is no model 'model 0'", StringComparison.Ordinal))
                {
                    counts.AddOrUpdate("absent", 1, (_, n) => n + 1);
                }
            }
        }, Cancellation))];
        int swaps = 0;
        while (!clients.All(c => c.IsCompleted) || swaps < 4)
        {
            Assert.Equal(swaps % 4 != 0 || swaps == 0, await bank.SetAsync("model 0", paths[++swaps % 2], Cancellation));
            if (swaps % 4 == 0)
            {
                Assert.True(await bank.RemoveAsync("model 0", Cancellation));
            }
        }

        await Task.WhenAll(clients);
        Assert.Equal(Clients * Requests, counts.Values.Sum());
        Assert.True(counts["answered"] > 0);
    }

    // Two predictors of one backbone share its memory.
    [Fact]
    public async Task Set_ModelsOfTheSameBaseWeights_ShareOneBackbone()
    {
        string[] paths = [saved.Save(0, s_methods[0]), saved.Save(1, s_methods[1]), saved.Save(9, s_methods[9])];
        await using AdapterBank bank = await Bank(paths, ComputePlan.Float32 with { Threads = 1 });
        Backbone?[] shared = [.. bank.Names.Select(name =>
        {
            Ensemble model = bank.Begin(name);
            model.End();
            return model.Members[0].Shared;
        })];
        Assert.NotNull(shared[0]);
        Assert.Same(shared[0], shared[1]);
        Assert.Null(shared[2]);
        Assert.True(await bank.RemoveAsync("model 1", Cancellation));
        Assert.False(await bank.RemoveAsync("model 1", Cancellation));
    }

    [Theory]
    [InlineData("float32")]
    [InlineData("bfloat16")]
    public void Open_OnSharedBackboneManyTimes_LeavesNoTensor(string precision)
    {
        string path = saved.Save(1, s_methods[1]);
        long before = Live;
        using (var backbone = Backbone.Open(path, new PredictorOptions { Plan = new ComputePlan(precision, "cpu", 1) }))
        {
            var counts = new List<long>();
            for (int round = 0; round < 5; round++)
            {
                using var predictor = Predictor.Open(path, new PredictorOptions { Backbone = backbone });
                Assert.All(predictor.Predict(saved.Images, cancellation: Cancellation), p => Assert.NotNull(p.Probabilities));
                counts.Add(Live);
            }

            Assert.Single(counts.Distinct());
        }

        Assert.Equal(before, Live);
    }

    [Fact]
    public async Task Dispose_DuringLoad_AnswersWhatWasAskedAndThrowsAfterwards()
    {
        AdapterBank bank = await Bank([saved.Save(0, s_methods[0])], ComputePlan.Float32 with { Threads = 1 });
        Task<Prediction>[] running = [.. Enumerable.Range(0, 30)
            .Select(i => bank.PredictAsync("model 0", saved.Images[i % saved.Images.Count], cancellation: Cancellation))];
        await bank.DisposeAsync();
        Assert.All(await Task.WhenAll(running), p => Assert.NotNull(p.Probabilities));
        Assert.Throws<ObjectDisposedException>(() => { _ = bank.PredictAsync("model 0", saved.Images[0], cancellation: Cancellation); });
        await Assert.ThrowsAsync<ObjectDisposedException>(() => bank.SetAsync("model 0", saved.Save(0, s_methods[0]), Cancellation));
        bank.Dispose();
    }

    [Fact]
    public void Open_OnBackboneThatDoesNotFit_IsNamed()
    {
        using var backbone = Backbone.Open(saved.Save(0, s_methods[0]));
        foreach ((string path, string why) in new[]
        {
            (saved.Save(7, new LoraOptions(), seed: 5), "other base weights"), (saved.Save(9, s_methods[9]), "changes the base weights"),
        })
        {
            RadaptException e = Assert.Throws<RadaptException>(() => Predictor.Open(path, new PredictorOptions { Backbone = backbone }));
            Assert.StartsWith(path, e.Message, StringComparison.Ordinal);
            Assert.Contains(why, e.Message, StringComparison.Ordinal);
        }
    }

    private static async Task<AdapterBank> Bank(string[] paths, ComputePlan plan)
    {
        var bank = new AdapterBank(new PredictorOptions { Plan = plan, BatchSize = 7, QueueLimit = 50 });
        for (int i = 0; i < paths.Length; i++)
        {
            Assert.False(await bank.SetAsync($"model {i}", paths[i], Cancellation));
        }

        return bank;
    }

    // Freed memory stays with the thread that asked for it, so every thread that opens models would keep a model's worth of it.
    [Fact]
    public async Task SetAsync_CalledOnManyThreads_OpensModelsOnOne()
    {
        var log = new ThreadsOfOpening();
        string[] paths = [saved.Save(0, new LoraOptions()), saved.Save(1, new LoraOptions())];
        await using var bank = new AdapterBank(new PredictorOptions { Logger = log });
        for (int i = 0; i < 12; i++)
        {
            var caller = new Thread(() => bank.SetAsync("model", paths[i % 2], Cancellation).GetAwaiter().GetResult());
            caller.Start();
            caller.Join();
        }

        Assert.Equal(12, log.Threads.Count);
        Assert.Single(log.Threads.Distinct());
    }

    private sealed class ThreadsOfOpening : ILogger
    {
        public ConcurrentQueue<int> Threads { get; } = new();

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (formatter(state, exception).StartsWith("Opened", StringComparison.Ordinal))
            {
                Threads.Enqueue(Environment.CurrentManagedThreadId);
            }
        }
    }
}
