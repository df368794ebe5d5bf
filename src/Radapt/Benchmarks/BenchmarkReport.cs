using System.Text.Json;
using System.Text.Json.Nodes;
using Radapt.Compute;

namespace Radapt.Benchmarks;

/// <summary>All figures of one benchmark.</summary>
/// <param name="Options">What was measured.</param>
/// <param name="Steps">Steps; those of the first precision are the ones at the top of the JSON.</param>
/// <param name="Loader">The loader; null where it was not measured.</param>
internal sealed partial record BenchmarkReport(BenchmarkOptions Options, IReadOnlyList<StepFigures> Steps, LoaderFigures? Loader)
{
    private static readonly JsonSerializerOptions s_json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Converters = { new System.Text.Json.Serialization.JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    /// <summary>One step as JSON, as a process passes it to the one that started it.</summary>
    public static string Write(StepFigures figures) => JsonSerializer.Serialize(figures, s_json);

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="RadaptException">It is something else.</exception>
    public static StepFigures Read(string json)
    {
        try
        {
            return JsonSerializer.Deserialize<StepFigures>(json, s_json)
                ?? throw new RadaptException("bench: the measuring process wrote nothing.");
        }
        catch (JsonException e)
        {
            throw new RadaptException($"bench: the measuring process wrote something other than its figures: {json}", e);
        }
    }

    /// <summary>
    /// <c>limit.PRECISION.gflops</c> (of the LoRA step, or of what was measured in its stead) and <c>.products</c>;
    /// <c>peak.PRECISION.gflops</c> and <c>.measured_by</c>, absent where it is not measurable; <c>train.lora</c>, <c>train.full</c>,
    /// <c>train.linear</c>, <c>inference</c> with <c>images_per_second</c>, <c>fraction_of_limit</c> and <c>fraction_of_peak</c> (of the
    /// step's own, <c>limit_gflops</c> and <c>peak_gflops</c>) and <c>peak_memory_mib</c>; <c>precisions.PRECISION</c> with the same;
    /// <c>loader</c>.
    /// </summary>
    public JsonObject ToJson()
    {
        var json = new JsonObject
        {
            ["machine"] = new JsonObject { ["processor"] = Machine.Current.Processor, ["physical_cores"] = Machine.Current.PhysicalCores },
            ["options"] = JsonSerializer.SerializeToNode(Options, s_json),
            ["limit"] = PerPrecision(s => s.Limit),
            ["peak"] = PerPrecision(s => s.Peak),
        };
        var precisions = new JsonObject();
        foreach (IGrouping<string, StepFigures> precision in Steps.GroupBy(s => s.Precision))
        {
            var figures = new JsonObject();
            foreach (StepFigures step in precision)
            {
                Set(figures, step.Step, Figures(step));
                if (step.Precision == Steps[0].Precision)
                {
                    Set(json, step.Step, Figures(step));
                }
            }

            precisions[precision.Key] = figures;
        }

        json["precisions"] = precisions;
        json["loader"] = JsonSerializer.SerializeToNode(Loader, s_json);
        return json;
    }

    /// <summary>Puts a value under a name with dots: an object in an object.</summary>
    internal static void Set(JsonObject root, string name, JsonNode? value)
    {
        string[] parts = name.Split('.');
        foreach (string part in parts[..^1])
        {
            root[part] ??= new JsonObject();
            root = root[part]!.AsObject();
        }

        root[parts[^1]] = value;
    }

    // Of the LoRA step, or of what was measured in its stead.
    private JsonObject PerPrecision<T>(Func<StepFigures, T?> figure) => new(Steps.GroupBy(s => s.Precision)
        .Select(g => (Precision: g.Key, Figure: figure(g.MaxBy(s => s.Step == BenchmarkedStep.TrainLora)!)))
        .Where(p => p.Figure is not null)
        .Select(p => KeyValuePair.Create(p.Precision, JsonSerializer.SerializeToNode(p.Figure, s_json))));

    private static JsonObject Figures(StepFigures step) => new()
    {
        ["precision"] = step.Precision,
        ["images_per_second"] = step.ImagesPerSecond,
        ["gflop_per_image"] = step.GflopPerImage,
        ["gflops"] = step.Gflops,
        ["limit_gflops"] = step.Limit.Gflops,
        ["fraction_of_limit"] = step.FractionOfLimit,
        ["peak_gflops"] = step.Peak?.Gflops,
        ["fraction_of_peak"] = step.FractionOfPeak,
        ["peak_memory_mib"] = step.PeakMemoryMib,
    };
}
