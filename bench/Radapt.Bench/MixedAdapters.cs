using System.Diagnostics;
using System.Text.Json.Nodes;
using Radapt.Adaptation;
using Radapt.Adaptation.Lora;
using Radapt.Benchmarks;
using Radapt.Compute;
using Radapt.Inference;
using Radapt.Models;
using static TorchSharp.torch;

namespace Radapt.Bench;

/// <summary>
/// Images/s of one merged adapter, and of a batch that is shared out among several adapters in one pass; the two take turns.
/// </summary>
internal sealed class MixedAdapters(int adapters, BenchmarkOptions options, ComputePlan plan)
{
    /// <summary>Measures in this process.</summary>
    /// <param name="turns">Turns of each, two steps a turn; the median step counts.</param>
    public JsonObject Run(int turns)
    {
        using var merged = new StepSession(BenchmarkedStep.Inference, options, plan);
        using AdapterBank bank = Bank();
        int[] chosen = [.. Enumerable.Range(0, options.BatchSize).Select(i => i % adapters)];
        List<double> mergedSeconds = [];
        List<double> mixedSeconds = [];
        for (int turn = -1; turn < turns; turn++) // the first warms up
        {
            for (int step = 0; step < 2; step++)
            {
                (double first, double second) = (Seconds(() => merged.Step()), Seconds(() => Mixed(bank, merged.Images, chosen)));
                if (turn >= 0)
                {
                    mergedSeconds.Add(first);
                    mixedSeconds.Add(second);
                }
            }
        }

        (double one, double many) = (options.BatchSize / Median(mergedSeconds), options.BatchSize / Median(mixedSeconds));
        return new JsonObject
        {
            ["precision"] = plan.Precision,
            ["batch_size"] = options.BatchSize,
            ["rank"] = options.Rank,
            ["adapters"] = adapters,
            ["merged.images_per_second"] = one,
            ["mixed.images_per_second"] = many,
            ["ratio"] = many / one,
        };
    }

    private static void Mixed(AdapterBank bank, Tensor images, int[] chosen)
    {
        using var scope = NewDisposeScope();
        using var noGradient = inference_mode();
        foreach (Tensor logits in bank.Forward(images, chosen))
        {
            logits.to(ScalarType.Float32).sigmoid().cpu().data<float>().ToArray();
        }
    }

    private AdapterBank Bank()
    {
        var encoder = new VisionTransformer(options.Backbone, 0, withNorm: false, new Kernels(plan));
        Initialisation.FromScratch(encoder, options.Seed);
        var settings = new LoraOptions { Rank = options.Rank, Dropout = 0 };
        return new AdapterBank(encoder, [.. Enumerable.Range(0, adapters).Select(Adapter)], plan);

        BankedAdapter Adapter(int number)
        {
            AttachedAdapters lora = settings.Definition.Adapters(encoder, settings, plan, number)!;
            foreach ((string name, Tensor tensor) in lora.Tensors())
            {
                Initialisation.TruncatedNormal(tensor, name, 0.02, number);
            }

            var head = new ClassificationHead(options.Backbone, options.Findings, Pooling.Mean, new Kernels(plan));
            head.Initialise(number);
            return new BankedAdapter($"{number}", lora, head, [.. Enumerable.Range(0, options.Findings).Select(f => $"{f}")]);
        }
    }

    private static double Seconds(Action step)
    {
        long start = Stopwatch.GetTimestamp();
        step();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static double Median(List<double> seconds) => seconds.Order().ElementAt(seconds.Count / 2);
}
