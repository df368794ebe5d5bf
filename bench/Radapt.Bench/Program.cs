using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Radapt;
using Radapt.Bench;
using Radapt.Bench.Service;
using Radapt.Benchmarks;
using Radapt.Checkpoints;
using Radapt.Cli;
using Radapt.Compute;
using Radapt.Imaging;
using Radapt.Imaging.Dicom.Codecs;
using Radapt.Models;
using Radapt.Pretraining;
using Radapt.TestData.Fuzzing;

ProcessSettings.Apply();
var json = new Option<bool>("--json") { Description = "One JSON object on standard output." };
var quick = new Option<bool>("--quick") { Description = "One timed step of each: shows that everything runs; the figures mean little." };
var backbone = new Option<string>("--backbone") { Description = "Model.", DefaultValueFactory = _ => "vit_base_patch16_224" };
var batchSize = new Option<int>("--batch-size") { Description = "Images per step.", DefaultValueFactory = _ => 16 };
var rank = new Option<int>("--rank") { Description = "LoRA rank.", DefaultValueFactory = _ => 4 };
var rounds = new Option<int>("--rounds") { Description = "Turns of two steps that every contestant takes.", DefaultValueFactory = _ => 5 };
var threads = new Option<int?>("--threads") { Description = "Threads of Radapt and of ONNX Runtime. Default: the processor's cores." };
var only = new Option<string[]>("--only") { Description = "Steps to measure.", AllowMultipleArgumentsPerToken = true };
only.AcceptOnlyFromAmong([.. BenchmarkedStep.Classifying]);
var beside = new Option<string[]>("--beside")
{
    Description = $"What to measure beside Radapt: {string.Join(", ", Contestants.Others)}. Default: all.",
    AllowMultipleArgumentsPerToken = true,
};
beside.AcceptOnlyFromAmong([.. Contestants.Others]);
var vectors = new Option<string[]>("--vectors")
{
    Description =
        "Measures once for each of these widths of vectors, in one JSON object: native, avx2 (as a processor without AVX-512 would run it).",
    AllowMultipleArgumentsPerToken = true,
};
vectors.AcceptOnlyFromAmong([.. ForcedVectors.Names]);
var loading = new Option<string>("--loading")
{
    Description = "Measures instead what loading the images of this folder costs a training: decoded as it goes, and from a cache.",
};
var decoding = new Option<bool>("--decoding")
{
    Description = "Measures instead how fast one core decodes 1024 px images of every format.",
};
var check = new Option<string>("--check")
{
    Description = "Measures instead the rate of data check over that of decoding the images of this folder, in turns.",
};
var fuzz = new Option<long?>("--fuzz")
{
    Description =
        "Feeds this many damaged DICOM files, images and tables to their readers instead; exit code 3 if one does more than refuse them.",
};
var seed = new Option<long>("--seed") { Description = "Seed of --fuzz.", DefaultValueFactory = _ => 1 };
var first = new Option<long>("--first") { Description = "Number of the first damaged file of --fuzz, to see one of them again." };
var phantomTiny = new Option<string>("--phantom-tiny")
{
    HelpName = "FILE",
    Description =
        "Makes the weights phantom-tiny instead, which are part of the library (about 20 minutes); images and run are kept in FILE.work.",
};
var coverage = new Option<int?>("--coverage")
{
    HelpName = "SETS",
    Description =
        "Prints instead how often intervals of AUROCs are right, over this many simulated test sets of each kind, as Markdown.",
};
var coverageOfMeans = new Option<int?>("--coverage-of-means")
{
    HelpName = "SETS",
    Description = "The same for the interval of the mean over five findings.",
};
var pairedTests = new Option<int?>("--paired-tests")
{
    HelpName = "SETS",
    Description = "The same for tests of two equal AUROCs: how often they find a difference.",
};
var bootstrap = new Option<bool>("--bootstrap")
{
    Description = "Measures instead the bootstrap of 10,000 images, 14 findings and 1,000 resamples of patients.",
};
var heatMaps = new Option<string>("--heat-maps")
{
    HelpName = "RUN",
    Description = "Prints instead how much of a run's heat maps is inside the masks of its phantoms, as Markdown.",
};
var serve = new Option<int?>("--serve")
{
    HelpName = "REQUESTS",
    Description = "Measures instead radapt serve with 8 clients, 1 % malformed requests and an adapter that is replaced every second, for "
        + "each of --windows, and compares every answer with a prediction of its image alone; Markdown. --backbone may be "
        + "phantom-tiny, too. Exit code 3 if an answer is wrong or lost.",
};
var windows = new Option<int[]>("--windows")
{
    HelpName = "MS",
    Description = "Batch windows of --serve.",
    DefaultValueFactory = _ => [0, 2, 10],
    AllowMultipleArgumentsPerToken = true,
};
var onnx = new Option<string>("--onnx")
{
    HelpName = "RUN",
    Description = "Prints instead what a run scores on the test images of --data here, and in ONNX Runtime in float32 and in 8 bits.",
};
var data = new Option<string>("--data") { HelpName = "PATH", Description = "Data of --onnx, as for radapt evaluate." };
var contestant = new Option<string>("--contestant") { Hidden = true };
var request = new Option<string>("--request") { Hidden = true };
var root = new RootCommand("Measures Radapt, the eager float32 reference and ONNX Runtime in one run.")
{
    json, quick, backbone, batchSize, rank, rounds, threads, only, beside, vectors, loading, decoding, check, fuzz, seed, first,
        phantomTiny, coverage, coverageOfMeans, pairedTests, bootstrap, heatMaps, serve, windows, onnx, data, contestant, request,
};
root.SetAction(parsed =>
{
    try
    {
        if (parsed.GetValue(contestant) is { } name)
        {
            Contestants.Serve(name, StepRequest.Parse(parsed.GetRequiredValue(request)), Console.In, Console.Out);
            return 0;
        }

        return parsed.GetValue(vectors) is { Length: > 0 } widths ? MeasureEach(widths)
            : parsed.GetValue(fuzz) is { } count ? Fuzz(count, parsed)
            : parsed.GetValue(phantomTiny) is { } weights ? MakePhantomTiny(weights)
            : parsed.GetValue(coverage) is { } sets ? Simulate(Coverage(sets).Run)
            : parsed.GetValue(coverageOfMeans) is { } setsOfMeans ? Simulate(Coverage(setsOfMeans).RunMeans)
            : parsed.GetValue(pairedTests) is { } setsOfPairs
                ? Simulate(new PairedTestSimulation(setsOfPairs, permutations: 1000, Console.Error.WriteLine).Run)
            : parsed.GetValue(bootstrap) ? Resample()
            : parsed.GetValue(heatMaps) is { } run ? ShowHeatMaps(run)
            : parsed.GetValue(serve) is { } requests ? Serve(requests, parsed)
            : parsed.GetValue(onnx) is { } exported ? ShowOnnx(exported, parsed.GetRequiredValue(data))
            : parsed.GetValue(check) is { } images ? Check(images, parsed.GetValue(rounds))
            : parsed.GetValue(decoding) ? Decode() : Run(parsed);
    }
    catch (RadaptException e)
    {
        Console.Error.WriteLine($"Radapt.Bench: {e.Message}");
        return 2;
    }
});
return root.Parse(args).Invoke();

int MeasureEach(string[] widths)
{
    // What is left of the command line, without this option and its values.
    List<string> rest = [.. args];
    int option = rest.IndexOf(vectors.Name);
    rest.RemoveRange(option, 1 + rest.Skip(option + 1).TakeWhile(a => ForcedVectors.Names.Contains(a)).Count());
    rest.Remove(json.Name);
    Console.Out.WriteLine(ForcedVectors.Measure(widths, rest).ToJsonString(new JsonSerializerOptions { WriteIndented = true }));
    return 0;
}

int ShowHeatMaps(string run)
{
    ProcessSettings.PrepareCompute();
    Console.Out.Write(HeatMapTable.Create(run));
    return 0;
}

int Serve(int requests, ParseResult parsed)
{
    string model = parsed.GetRequiredValue(backbone);
    ProcessSettings.PrepareCompute();
    ImageLibrary.Configure();
    BackboneShape shape = model == ShippedWeights.PhantomTiny ? ServiceBench.Small : Shape(model);
    string precision = ProductProbe.Choose("auto").Precision;
    var bench = new ServiceBench(Console.Error.WriteLine) { Windows = parsed.GetRequiredValue(windows) };
    return bench.RunAsync(model, shape, precision, requests, Console.Out.WriteLine)
        .GetAwaiter().GetResult() ? 0 : 3;
}

int ShowOnnx(string run, string path)
{
    ProcessSettings.PrepareCompute();
    using var codecs = new CodecProcess();
    foreach (string line in new OnnxAccuracy(run, path, codecs).ToTable())
    {
        Console.Out.WriteLine(line);
    }

    return 0;
}

int Fuzz(long count, ParseResult parsed)
{
    ImageLibrary.Configure();
    using var codecs = new CodecProcess();
    var fuzzer = new Fuzzer(parsed.GetValue(seed), codecs, Console.Error.WriteLine) { TimeLimit = TimeSpan.FromSeconds(2) };
    Console.Out.WriteLine(fuzzer.Run(count, parsed.GetValue(first)).ToJsonString(new JsonSerializerOptions { WriteIndented = true }));
    return fuzzer.Failures.Count == 0 ? 0 : 3;
}

int MakePhantomTiny(string file)
{
    ProcessSettings.PrepareCompute();
    ProcessSettings.UseThreads(1);
    PhantomBackbone.Make(file + ".work", file, epoch => Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture,
        $"epoch {epoch.Epoch}: loss {epoch.TrainLoss:0.0000}, {epoch.ImagesPerSecond:0} images/s")));
    return 0;
}

CoverageSimulation Coverage(int sets) => new(sets, replicates: 1000, Console.Error.WriteLine);

int Simulate(Action<Action<string>> table)
{
    table(Console.Out.WriteLine);
    return 0;
}

int Resample()
{
    Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{BootstrapRate.Measure():0.00} s"));
    return 0;
}

int Decode()
{
    ImageLibrary.Configure();
    using var codecs = new CodecProcess();
    Console.Out.WriteLine(new DecodingRates(codecs, Console.Error.WriteLine).Run().ToJsonString(new JsonSerializerOptions
    {
        WriteIndented = true,
    }));
    return 0;
}

int Check(string images, int turns)
{
    ImageLibrary.Configure();
    using var codecs = new CodecProcess();
    Console.Out.WriteLine(new CheckRates(images, codecs, Console.Error.WriteLine).Run(Math.Max(1, turns))
        .ToJsonString(new JsonSerializerOptions
        {
            WriteIndented = true,
        }));
    return 0;
}

BackboneShape Shape(string name) => BackboneShape.FromName(name) is { LayerScale: false } shape ? shape
    : throw new RadaptException($"--backbone {name}: unknown; names look like vit_base_patch16_224.");

int Run(ParseResult parsed)
{
    bool isQuick = parsed.GetValue(quick);
    int turns = isQuick ? 1 : Math.Max(1, parsed.GetValue(rounds));
    string model = parsed.GetRequiredValue(backbone);
    var options = new BenchmarkOptions
    {
        Backbone = Shape(model),
        BatchSize = parsed.GetValue(batchSize),
        Rank = parsed.GetValue(rank),
        Steps = isQuick ? 1 : 2 * turns,
        WarmUp = isQuick ? 1 : 2,
        ProductRepeats = isQuick ? 3 : 30,
        LoaderImages = isQuick ? 16 : 64,
    };
    options.Check();
    int threadsEach = Math.Max(1, parsed.GetValue(threads) ?? Machine.Current.PhysicalCores);
    ProcessSettings.PrepareCompute();
    ProcessSettings.UseThreads(threadsEach);
    ProductChoice choice = ProductProbe.Choose("auto");
    Console.Error.WriteLine($"{Machine.Current.Processor}, {Plural.Count(threadsEach, "thread")}: {choice.Precision} ({choice.Reason})");
    ComputePlan[] plans =
    [
        .. new[] { choice.Precision, "float32" }.Distinct()
            .Select(p => new ComputePlan(p, "cpu", threadsEach) { Products = choice.Products }),
    ];
    if (parsed.GetValue(loading) is { } folder)
    {
        JsonObject figures = new LoadingComparison(folder, options, plans[0], Console.Error.WriteLine).Run(turns, isQuick ? 1 : 8);
        Console.Out.WriteLine(figures.ToJsonString(new JsonSerializerOptions { WriteIndented = true }));
        return 0;
    }

    var comparison = new Comparison(options, plans, turns, Console.Error.WriteLine)
    {
        Beside = parsed.GetValue(beside) is { Length: > 0 } others ? others : Contestants.Others,
    };
    string[]? steps = parsed.GetValue(only);
    BenchmarkReport report = comparison.Run(steps is { Length: > 0 } ? steps : BenchmarkedStep.Classifying);
    JsonObject result = comparison.ToJson(report);
    if (parsed.GetValue(json))
    {
        Console.Out.WriteLine(result.ToJsonString(new JsonSerializerOptions { WriteIndented = true }));
    }
    else
    {
        foreach (string line in report.ToLines())
        {
            Console.Out.WriteLine(line);
        }

        Console.Out.WriteLine($"Times as fast as the others: {result["ratio"]!.ToJsonString()}");
        foreach ((string precision, JsonNode? figures) in result["precisions"]!.AsObject())
        {
            Console.Out.WriteLine($"  in {precision}: {figures!["ratio"]!.ToJsonString()}");
        }
    }

    return 0;
}
