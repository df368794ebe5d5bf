using Radapt.Adaptation;
using Radapt.Adaptation.Lora;
using Radapt.Adaptation.Methods;
using Radapt.Compute;
using Radapt.Models;
using Radapt.Recipes;
using Radapt.Training;
using static TorchSharp.torch;

namespace Radapt.Tests.Adaptation.Methods;

/// <summary>
/// A method with settings, what it must train and what it must compute, on a transformer of 3 blocks, 32 channels, 17 tokens.
/// </summary>
/// <param name="Options">The method's options; no dropout, so that formulas can follow.</param>
/// <param name="Trainable">Trained parameters besides the head's.</param>
/// <param name="Formula">What the method means, written out.</param>
internal sealed record MethodCase(MethodOptions Options, long Trainable, Action<PlainTransformer> Formula)
{
    public const int Findings = 2;

    /// <summary>What <c>--method</c> calls it.</summary>
    public string Method => Options.Name;

    /// <summary>The head's norm and linear map.</summary>
    public const long Head = (2 * 32) + (Findings * 32) + Findings;

    public static BackboneShape Shape { get; } = new(16, 4, 3, 32, 2);

    private static readonly LoraOptions s_lora = new() { Rank = 3, Alpha = 6, Dropout = 0, Targets = ["q", "v"] };

    /// <summary>The cases by name.</summary>
    public static IReadOnlyDictionary<string, MethodCase> All { get; } = new Dictionary<string, MethodCase>
    {
        ["lora"] = new(s_lora, 3 * 2 * 3 * (32 + 32), t => t.Map = LowRank(_ => 2.0)),
        ["lora --rslora --lora-ranks"] = new(
            s_lora with { RankStabilised = true, Ranks = [1, 0, 4] }, 2 * (1 + 4) * (32 + 32),
            t => t.Map = LowRank(r => 6 / Math.Sqrt(r))),
        ["lora --lora-targets k,proj,fc1,fc2"] = new(
            s_lora with { Targets = ["k", "proj", "fc1", "fc2"], Blocks = [1] }, 3 * ((32 + 32) + (32 + 32) + (32 + 128) + (128 + 32)),
            t => t.Map = LowRank(_ => 2.0, [1])),
        ["lora --dora"] = new(
            s_lora with { Magnitudes = true }, (3 * 2 * 3 * (32 + 32)) + (3 * 64), t => t.Map = Dora),
        ["lora --dora --lora-targets fc2"] = new(
            s_lora with { Magnitudes = true, Targets = ["fc2"] }, 3 * ((3 * (128 + 32)) + 32), t => t.Map = Dora),
        ["adalora"] = new(
            new AdaLoraOptions { InitialRank = 3, TargetRank = 2, Alpha = 6, Dropout = 0 }, 3 * 2 * 3 * (32 + 1 + 32),
            t => t.Map = Triplets),
        ["ia3"] = new(new PlainMethod("ia3"), 3 * ((2 * 32) + 128), t => t.Map = Scaled),
        ["vpt --prompt-depth shallow"] = new(new VptOptions
        {
            PromptTokens = 5,
            DeepPrompts = false,
        }, 5 * 32, t => t.Prompts = 5),
        ["vpt --prompt-depth deep"] = new(new VptOptions { PromptTokens = 5 }, 3 * 5 * 32, t => t.Prompts = 5),
        ["houlsby"] = new(new HoulsbyOptions { Bottleneck = 6 }, 3 * 2 * ((2 * 6 * 32) + 6 + 32), t =>
        {
            t.AttentionBranch = (prefix, _, y) => Serial(t, prefix, y);
            t.MlpBranch = (prefix, _, y) => Serial(t, prefix, y);
        }),
        ["parallel"] = new(new ParallelAdapterOptions
        {
            Bottleneck = 6,
            AdapterScale = 2.5,
        }, 3 * ((2 * 6 * 32) + 6 + 32), t => t.MlpBranch = (prefix, x, y) =>
            y.Plus(t.Plain(prefix + ".adapter.up", nn.functional.relu(t.Plain(prefix + ".adapter.down", x))), 2.5)),
        ["bitfit"] = new(new PlainMethod("bitfit"), 32 + (3 * (32 + 96 + 32 + 32 + 128 + 32)), _ => { }),
        ["norm"] = new(new PlainMethod("norm"), 3 * 4 * 32, _ => { }),
        ["last-k"] = new(new LastKOptions
        {
            LastBlocks = 2,
        }, 2 * ((4 * 32) + (3 * 32 * 33) + (32 * 33) + (128 * 33) + (32 * 129)), _ => { }),
        ["linear"] = new(new PlainMethod("linear"), 0, _ => { }),
        ["ridge"] = new(new PlainMethod("ridge"), 0, _ => { }),
        ["logistic"] = new(new PlainMethod("logistic"), 0, _ => { }),
        ["knn"] = new(new KnnOptions(), 0, _ => { }), // before its fit; NeighbourProbeTests have it after
        ["full"] =
            new(new PlainMethod("full"),
                32 + (17 * 32) + (32 * 49) + (3 * ((4 * 32) + (3 * 32 * 33) + (32 * 33) + (128 * 33) + (32 * 129))), _ => { }),
    };

    /// <summary>Names of the cases.</summary>
    public static TheoryData<string> Names => [.. All.Keys];

    /// <summary>The base model with random weights, before any method.</summary>
    public static Classifier Base(ComputePlan? plan = null)
    {
        var classifier = new Classifier(Shape, Findings, Pooling.Mean, 0, plan ?? ComputePlan.Float32);
        Initialisation.FromScratch(classifier.Encoder, 1);
        classifier.Head.Initialise(1);
        // no bias and no norm is at a value that hides mistakes
        Disturb(classifier.Tensors().Where(t => t.Tensor.dim() == 1 || t.Name == "head.weight"), 0.2, 1);

        return classifier;
    }

    /// <summary>The base model with the method, at its initial values.</summary>
    public Classifier Build(ComputePlan? plan = null)
    {
        Classifier classifier = Base(plan);
        AdaptationMethod.Apply(classifier, Options, plan ?? ComputePlan.Float32, 5);
        return classifier;
    }

    /// <summary>The same with random numbers added to all that the method added.</summary>
    public Classifier BuildTrained(ComputePlan? plan = null)
    {
        Classifier classifier = Build(plan);
        Disturb(classifier);
        return classifier;
    }

    /// <summary>Adds random numbers to every trained tensor.</summary>
    public static void Disturb(Classifier classifier) => Disturb(classifier.Trained(), 0.1, 9);

    /// <summary>Adds random numbers to tensors.</summary>
    public static void Disturb(IEnumerable<(string Name, Tensor Tensor)> tensors, double standardDeviation, long seed)
    {
        foreach ((string name, Tensor tensor) in tensors)
        {
            using var noGradient = no_grad();
            using Tensor before = tensor.clone();
            Initialisation.TruncatedNormal(tensor, name, standardDeviation, seed);
            tensor.AddInPlace(before);
        }
    }

    /// <summary>A few updates as the trainer makes them.</summary>
    public static void Train(Classifier classifier, Tensor images, int updates)
    {
        sbyte[] labels = [.. Enumerable.Range(0, (int)images.shape[0] * Findings).Select(i => (sbyte)(i * 7 % 3 % 2))];
        var settings = new OptimizerSettings { Kind = OptimizerKind.AdamW, WeightDecay = 0.05, Depth = Shape.Depth };
        using Optimizer optimizer = Optimizer.Create(settings, [.. classifier.Trained()]);
        for (int step = 0; step < updates; step++)
        {
            using var scope = NewDisposeScope();
            Tensor loss = MaskedLoss.Compute(classifier.Forward(images, new ForwardPass(true, 1, step)), labels, null);
            (classifier.Adapters?.Schedule is { } schedule ? loss.Plus(schedule.Penalty()) : loss).backward();
            classifier.Adapters?.Schedule?.BeforeUpdate(step, updates);
            optimizer.Step(0.01);
            classifier.Adapters?.Schedule?.AfterUpdate(step, updates);
        }
    }

    // y = W x + b + scale B A x, third by third.
    private static Func<PlainTransformer, string, Tensor, Tensor> LowRank(Func<int, double> scale, int[]? thirds = null) => (t, name, x) =>
    {
        Tensor plain = t.Plain(name, x);
        if (t.Find(name + ".lora_A") is not { } a)
        {
            return plain;
        }

        Tensor b = t[name + ".lora_B"];
        int rank = (int)b.shape[1];
        return Thirds(name, plain, thirds ?? [0, 2], (part, place) => part.Plus(
            x.matmul(a.narrow(0, place * rank, rank).t()).matmul(b.narrow(0, place * part.shape[^1], part.shape[^1]).t()), scale(rank)));
    };

    // Rows of W + 2 B A, over their norms as constants, times m.
    private static Tensor Dora(PlainTransformer t, string name, Tensor x)
    {
        if (t.Find(name + ".lora_magnitude") is not { } m)
        {
            return t.Plain(name, x);
        }

        (Tensor a, Tensor b, Tensor weight, Tensor bias) =
            (t[name + ".lora_A"], t[name + ".lora_B"], t[name + ".weight"], t[name + ".bias"]);
        return Thirds(name, t.Plain(name, x), [0, 2], (part, place) =>
        {
            long rows = part.shape[^1];
            long first = name.EndsWith("qkv", StringComparison.Ordinal) ? (place == 0 ? 0 : 2 * rows) : 0;
            Tensor direction = weight.narrow(0, first, rows).Plus(b.narrow(0, place * rows, rows).matmul(a.narrow(0, place * 3, 3)), 2);
            Tensor norm = direction.detach().square().sum(1).sqrt();
            Tensor adapted = direction / norm.unsqueeze(1) * m.narrow(0, place * rows, rows).unsqueeze(1);
            return x.matmul(adapted.t()).Plus(bias.narrow(0, first, rows));
        });
    }

    // y = W x + b + (6 / 3) P diag(values) Q x.
    private static Tensor Triplets(PlainTransformer t, string name, Tensor x)
    {
        if (t.Find(name + ".adalora_P") is not { } p)
        {
            return t.Plain(name, x);
        }

        (Tensor values, Tensor q) = (t[name + ".adalora_values"], t[name + ".adalora_Q"]);
        return Thirds(name, t.Plain(name, x), [0, 2], (part, place) => part.Plus(
            x.matmul(q.narrow(0, place * 3, 3).t()).matmul(diag(values.narrow(0, place * 3, 3)))
                .matmul(p.narrow(0, place * 32, 32).t()), 2));
    }

    // l ⊙ keys and values; W2 (l ⊙ inner) + b.
    private static Tensor Scaled(PlainTransformer t, string name, Tensor x) => t.Find(name + ".ia3_l") is not { } l ? t.Plain(name, x)
        : name.EndsWith("fc2", StringComparison.Ordinal) ? t.Plain(name, x * l)
        : Thirds(name, t.Plain(name, x), [1, 2], (part, place) => part * l.narrow(0, place * 32, 32));

    private static Tensor Serial(PlainTransformer t, string prefix, Tensor h) =>
        h.Plus(t.Plain(prefix + ".adapter.up", nn.functional.gelu(t.Plain(prefix + ".adapter.down", h))));

    private static Tensor Thirds(string name, Tensor output, int[] adapted, Func<Tensor, int, Tensor> change)
    {
        if (!name.EndsWith("qkv", StringComparison.Ordinal))
        {
            return change(output, 0);
        }

        Tensor[] parts = output.chunk(3, -1);
        for (int place = 0; place < adapted.Length; place++)
        {
            parts[adapted[place]] = change(parts[adapted[place]], place);
        }

        return cat(parts, -1);
    }
}
