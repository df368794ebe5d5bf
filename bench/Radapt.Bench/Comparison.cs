using System.Text.Json.Nodes;
using Radapt.Benchmarks;
using Radapt.Compute;

namespace Radapt.Bench;

/// <summary>
/// Radapt in each precision against the others, step by step. All contestants of a step are warm in processes of their own and take
/// turns, a few steps each, so that whatever else the machine does meets all of them.
/// </summary>
/// <param name="options">Model, batch and repeats.</param>
/// <param name="plans">Radapt's own contestants.</param>
/// <param name="rounds">Turns of each.</param>
/// <param name="progress">Told what happens.</param>
internal sealed class Comparison(BenchmarkOptions options, IReadOnlyList<ComputePlan> plans, int rounds, Action<string> progress)
{
    private readonly List<StepFigures> _steps = [];
    private readonly List<(string Name, string Step, double ImagesPerSecond, double Difference)> _others = [];

    /// <summary>Contestants beside Radapt; those of ONNX Runtime are for inference.</summary>
    public IReadOnlyList<string> Beside { get; init; } = Contestants.Others;

    /// <summary>Measures everything.</summary>
    public BenchmarkReport Run(IReadOnlyList<string> steps)
    {
        foreach (string step in steps)
        {
            Compare(step);
        }

        progress("loader");
        return new BenchmarkReport(options, _steps, Benchmark.MeasureLoader(options));
    }

    /// <summary>
    /// The report with <c>ratio.reference.STEP</c>, <c>ratio.onnxruntime.inference</c> and <c>ratio.onnxruntime-int8.inference</c>, also
    /// per precision, and what they compare.
    /// </summary>
    public JsonObject ToJson(BenchmarkReport report)
    {
        JsonObject json = report.ToJson();
        foreach ((string name, string step, double rate, double difference) in _others)
        {
            BenchmarkReport.Set(json, $"{name}.{step}", new JsonObject { ["images_per_second"] = rate, ["difference"] = difference });
            foreach (StepFigures own in _steps.Where(s => s.Step == step))
            {
                BenchmarkReport.Set(json, $"precisions.{own.Precision}.ratio.{name}.{step}", own.ImagesPerSecond / rate);
                if (own.Precision == plans[0].Precision)
                {
                    BenchmarkReport.Set(json, $"ratio.{name}.{step}", own.ImagesPerSecond / rate);
                }
            }
        }

        return json;
    }

    private void Compare(string step)
    {
        var contestants = new List<ContestantProcess>();
        try
        {
            foreach (ComputePlan plan in plans)
            {
                Start(Contestants.Radapt, plan);
            }

            foreach (string other in Beside.Where(o => o == Contestants.Reference || step == BenchmarkedStep.Inference))
            {
                Start(other, plans[0]);
            }

            var peaks = new double[plans.Count];
            var limits = new (MatrixLimit Products, ProcessorPeak? Peak)[plans.Count];
            int stepsEach = Math.Max(1, options.Steps / rounds);
            for (int round = 0; round < rounds; round++)
            {
                progress($"{step}: round {round + 1} of {rounds}");
                foreach (ContestantProcess contestant in contestants)
                {
                    contestant.Run(stepsEach);
                }

                if (round == rounds / 2) // in the middle, so that drift meets step and limit alike
                {
                    for (int i = 0; i < plans.Count; i++)
                    {
                        (peaks[i], limits[i]) = (contestants[i].PeakMemoryMib(), contestants[i].Limits());
                    }
                }
            }

            double gflop = StepProducts.GflopPerImage(step, options.Backbone);
            _steps.AddRange(plans.Select((p, i) =>
                new StepFigures(step, p.Precision, contestants[i].ImagesPerSecond, gflop, peaks[i], limits[i].Products, limits[i].Peak)));
            _others.AddRange(contestants.Skip(plans.Count).Select(c => (c.Name, step, c.ImagesPerSecond, c.Difference)));
        }
        finally
        {
            foreach (ContestantProcess contestant in contestants)
            {
                contestant.Dispose();
            }
        }

        void Start(string name, ComputePlan plan)
        {
            progress($"{step}: {name} warms up{(name == Contestants.Radapt ? " in " + plan.Precision : "")}");
            contestants.Add(new ContestantProcess(name, new StepRequest(step, options, plan)));
        }
    }
}
