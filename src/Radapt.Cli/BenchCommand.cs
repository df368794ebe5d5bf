using System.CommandLine;
using Radapt.Benchmarks;
using Radapt.Compute;
using Radapt.Models;

namespace Radapt.Cli;

/// <summary><c>radapt bench</c>: what this machine can do, and how much of it training and prediction reach.</summary>
internal sealed class BenchCommand : RadaptCommand
{
    private const string Model = "Model and batch";
    private const string Compute = "Compute";

    private static readonly string[] s_products = ["auto", .. Enum.GetNames<Products>().Select(n => n.ToLowerInvariant())];

    private readonly Option<string> _backbone;
    private readonly Option<int?> _imageSize;
    private readonly Option<int> _batchSize;
    private readonly Option<int> _rank;
    private readonly Option<string> _precision;
    private readonly Option<string> _products;
    private readonly Option<int> _threads;
    private readonly Option<int> _loaderThreads;
    private readonly Option<int> _steps;
    private readonly Option<string[]> _only;
    private readonly Option<bool> _json;
    private readonly Option<string> _request = new("--request") { Hidden = true };

    public BenchCommand(CancellationToken interrupted)
        : base("bench", "Measure speed and memory of training, prediction and loading, relative to this machine's matrix products.")
    {
        var usual = new BenchmarkOptions();
        int cores = Machine.Current.PhysicalCores;
        _backbone = Add(Model, new Option<string>("--backbone")
        {
            HelpName = "NAME",
            Description = "Model name as in timm.",
            DefaultValueFactory = _ => "vit_base_patch16_224",
        });
        _imageSize = Add(Model, new Option<int?>("--image-size")
        {
            HelpName = "N",
            Description = "Side of the input in pixels. Default: the model's.",
        });
        _batchSize = Add(Model, Number("--batch-size", "Images per step.", usual.BatchSize));
        _rank = Add(Model, Number("--rank", "LoRA rank, on q and v.", usual.Rank));
        _precision = Add(Compute, new Option<string>("--precision")
        {
            HelpName = "CHOICE",
            Description = "auto, float32, bfloat16, or both: first what auto chooses, then the other.",
            DefaultValueFactory = _ => "auto",
        });
        _precision.AcceptOnlyFromAmong("auto", "float32", "bfloat16", "both");
        _products = Add(Compute, new Option<string>("--products")
        {
            HelpName = "CHOICE",
            Description = $"How float32 products are computed: {string.Join(", ", s_products)}.",
            DefaultValueFactory = _ => "auto",
        });
        _products.AcceptOnlyFromAmong(s_products);
        _threads = Add(Compute, Number("--threads", "Threads of the tensor kernels.", cores));
        _loaderThreads = Add(Compute, Number("--loader-threads", "Threads that decode images.", cores));
        _steps = Add("What is measured", Number("--steps", "Timed steps; their median is reported.", usual.Steps));
        _only = Add("What is measured", new Option<string[]>("--only")
        {
            HelpName = "STEP",
            Description = $"Steps to measure: {string.Join(", ", BenchmarkedStep.Names)}. Default: all of them, and the loader.",
            AllowMultipleArgumentsPerToken = true,
        });
        _only.AcceptOnlyFromAmong([.. BenchmarkedStep.Names]);
        _json = AddJson();
        Options.Add(_request);
        SetAction(parsed => Run(parsed, interrupted));
    }

    public override IReadOnlyList<(string Line, string What)> Examples { get; } =
    [
        ("radapt bench", "ViT-B/16, batch 16, in the precision that finetune would choose; takes some minutes:"),
        ("radapt bench --backbone vit_large_patch16_224 --only train.lora",
            "Whether LoRA on a larger model fits into memory, and how fast it is:"),
        ("radapt bench --precision both --json", "Both precisions, for a program:"),
    ];

    private int Run(ParseResult parsed, CancellationToken interrupted)
    {
        string allocator = ProcessSettings.PrepareCompute();
        if (parsed.GetValue(_request) is { } argument)
        {
            // This process was started by the one below, so that peak memory is that of one step.
            StepRequest request = StepRequest.Parse(argument);
            ProcessSettings.UseThreads(request.Plan.Threads);
            Console.Out.WriteLine(BenchmarkReport.Write(Benchmark.MeasureStep(request.Step, request.Options, request.Plan, interrupted)));
            return ExitCode.Done;
        }

        bool json = parsed.GetValue(_json);
        var terminal = new Terminal(onStandardError: json);
        BenchmarkOptions options = OptionsOf(parsed);
        options.Check();
        string[] only = parsed.GetValue(_only) ?? [];
        (IReadOnlyList<ComputePlan> plans, string reason) =
            Plans(parsed.GetValue(_precision)!, parsed.GetValue(_products)!, parsed.GetValue(_threads));
        terminal.Line(
            $"{Machine.Current.Processor}, {Machine.Current.PhysicalCores} cores; {plans[0].Threads} threads; {plans[0].Precision} "
                + $"({reason}); {allocator}");
        var figures = new List<StepFigures>();
        foreach (ComputePlan plan in plans)
        {
            foreach (string step in BenchmarkedStep.Names.Where(s => only.Length == 0 || only.Contains(s)))
            {
                figures.Add(terminal.WithLiveLine(line =>
                {
                    line($"{step} in {plan.Precision} …");
                    return Measure(new StepRequest(step, options, plan), interrupted);
                }));
            }
        }

        LoaderFigures? loader = only.Length > 0 ? null : Benchmark.MeasureLoader(options, interrupted);
        var report = new BenchmarkReport(options, figures, loader);
        foreach (string line in report.ToLines())
        {
            terminal.Line(line);
        }

        if (json)
        {
            Terminal.WriteJson(report.ToJson());
        }

        return ExitCode.Done;
    }

    private static StepFigures Measure(StepRequest request, CancellationToken interrupted) =>
        BenchmarkReport.Read(OwnProcess.Run(typeof(BenchCommand).Assembly, ["bench", "--request", request.ToArgument()], interrupted));

    private static (IReadOnlyList<ComputePlan> Plans, string Reason) Plans(string precision, string products, int threads)
    {
        if (threads < 1)
        {
            throw new RadaptException($"--threads {threads}: must be at least 1.");
        }

        ProcessSettings.UseThreads(threads);
        ProductChoice choice = ProductProbe.Choose(precision == "both" ? "auto" : precision);
        IEnumerable<string> precisions = precision == "both" ? ComputePlan.Precisions.OrderByDescending(p => p == choice.Precision)
            : [choice.Precision];
        string kind = products == "auto" ? choice.Products : products;
        return ([.. precisions.Select(p => new ComputePlan(p, "cpu", threads) { Products = kind })], choice.Reason);
    }

    private static Option<int> Number(string name, string description, int usual) =>
        new(name) { HelpName = "N", Description = $"{description} Default: {usual}.", DefaultValueFactory = _ => usual };

    private BenchmarkOptions OptionsOf(ParseResult parsed)
    {
        string name = parsed.GetRequiredValue(_backbone);
        BackboneShape shape = BackboneShape.FromName(name)
            ?? throw new RadaptException(
                $"--backbone {name} is not a backbone that Radapt knows; names look like vit_base_patch16_224 (tiny, small, base, large).");
        return new BenchmarkOptions
        {
            Backbone = shape with { ImageSize = parsed.GetValue(_imageSize) ?? shape.ImageSize },
            BatchSize = parsed.GetValue(_batchSize),
            Rank = parsed.GetValue(_rank),
            Steps = parsed.GetValue(_steps),
            LoaderThreads = parsed.GetValue(_loaderThreads),
        };
    }
}
