using System.Text.Json;
using Radapt.Adaptation.Lora;
using static TorchSharp.torch;

namespace Radapt.Adaptation.Files;

/// <summary>
/// The mean of the adapters of several runs that started from one initialisation, as one adapter file: a model soup (Wortsman and others
/// 2022, Model soups: averaging weights of multiple fine-tuned models improves accuracy without increasing inference time).
/// </summary>
internal static class AdapterAverage
{
    /// <summary>Why two adapters cannot be averaged; null: they can.</summary>
    /// <param name="first">One adapter.</param>
    /// <param name="other">The other.</param>
    /// <returns>A clause on the other adapter, such as <c>was trained on other base weights</c>.</returns>
    public static string? Refusal(AdapterDescription first, AdapterDescription other) =>
        other.Method.Definition.AveragingRefusal is { } never ? $"was trained with {other.Method}, which cannot be averaged: {never}"
        : other.Method.Name != first.Method.Name ? $"was trained with {other.Method}, not {first.Method}"
        : other.BaseSha256 != first.BaseSha256 || other.Backbone != first.Backbone ? "was trained on other base weights"
        : !Options(other).SequenceEqual(Options(first)) ? $"was trained with other options of {first.Method}"
        : !other.Findings.SequenceEqual(first.Findings) ? $"predicts {Listing.First(3, other.Findings)}, not {Listing.First(3, first.Findings)}"
        : other.Pooling != first.Pooling ? $"has a head that reads {other.Pooling}, not {first.Pooling}"
        : other.Preprocessing != first.Preprocessing ? "prepares images in another way"
        : JsonSerializer.Serialize(other.Accepts) != JsonSerializer.Serialize(first.Accepts) ? "was trained on other kinds of images"
        : other.Seed != first.Seed && first.Method.Definition.StartsAtRandom
            ? $"has seed {other.Seed}, not {first.Seed}: {first.Method} starts at random values, so runs with different seeds do not start alike"
        : null;

    /// <summary>Writes the mean.</summary>
    /// <param name="output">The adapter file.</param>
    /// <param name="description">What the adapters say about themselves; the mean says the same, but for what its method's mean
    /// changes.</param>
    /// <param name="adapters">Adapter files that can be averaged.</param>
    /// <param name="weights">What each counts, above 0; null: all the same.</param>
    /// <param name="rank">The rank of LoRA to keep; null: all, so that the mean is exact.</param>
    /// <exception cref="RadaptException">An adapter is damaged, or the file cannot be written.</exception>
    public static void Write(string output, AdapterDescription description, IReadOnlyList<string> adapters,
        IReadOnlyList<double>? weights = null, int? rank = null)
    {
        using var scope = NewDisposeScope();
        using TensorMean mean = description.Method.Definition.CreateMean();
        foreach ((int number, string adapter) in adapters.Index())
        {
            using var own = NewDisposeScope();
            mean.Add(AdapterFile.Read(adapter), weights?[number] ?? 1);
        }

        MethodOptions method = description.Method.Definition.MeanOptions(description.Method, adapters.Count);
        IReadOnlyList<(string Name, Tensor Tensor)> tensors = [.. mean.Tensors()];
        if (rank is { } kept && method is LoraOptions lora)
        {
            (method, tensors) = LoraTruncation.Cut(lora, tensors, kept);
        }

        // The figures of one of the adapters are not those of the mean.
        AdapterFile.Save(output, description with { Method = method, Card = null }, tensors);
    }

    /// <summary>How far a written mean of LoRA adapters is from the mean of their updates; null: another method.</summary>
    /// <inheritdoc cref="Write" path="/param"/>
    public static LoraMeanError? Measure(string output, IReadOnlyList<string> adapters, IReadOnlyList<double> weights)
    {
        if (AdapterFile.Describe(adapters[0]).Method is not LoraOptions options)
        {
            return null;
        }

        using var scope = NewDisposeScope();
        return LoraMeanError.Measure(options, [.. adapters.Select(AdapterFile.Read)], [.. weights.Select(w => w / weights.Sum())],
            ((LoraOptions)AdapterFile.Describe(output).Method, AdapterFile.Read(output)));
    }

    private static SortedDictionary<string, string> Options(AdapterDescription adapter)
    {
        var options = new SortedDictionary<string, string>(StringComparer.Ordinal);
        MethodMetadata.Write(adapter.Method, options);
        return options;
    }
}
