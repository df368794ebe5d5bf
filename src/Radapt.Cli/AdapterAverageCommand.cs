using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Radapt.Adaptation;
using Radapt.Adaptation.Files;
using Radapt.Adaptation.Lora;
using Radapt.Runs;

namespace Radapt.Cli;

/// <summary><c>radapt adapter average</c>: the weighted mean of adapters, such as those of hospitals that do not share images.</summary>
internal sealed class AdapterAverageCommand : RadaptCommand
{
    private readonly Argument<string[]> _adapters = new("adapters")
    {
        HelpName = "ADAPTER ADAPTER...",
        Description = "Run folders or adapter files with the same base weights, method and options, and findings.",
        Arity = new ArgumentArity(2, 100),
    };

    private readonly Option<string> _out;
    private readonly Option<bool> _overwrite;
    private readonly Option<bool> _json;
    private readonly Option<string> _weights;
    private readonly Option<int?> _rank;

    public AdapterAverageCommand()
        : base("average", "Average the adapters of several sites, each with a weight (federated averaging). Only adapters are read, no images.")
    {
        Arguments.Add(_adapters);
        _out = Add("Output", new Option<string>("--out", "-o")
        {
            HelpName = "OUT",
            Description = "The adapter file to write (.safetensors), or a folder for adapter.safetensors. predict, evaluate, inspect and "
                + "adapter merge take it.",
            Required = true,
        });
        _overwrite = AddOverwrite("the adapter");
        _json = AddJson();
        _weights = Add("Averaging", new Option<string>("--weights")
        {
            HelpName = "N,N,...",
            Description = "What each adapter counts, in their order, such as its number of training images. Default: the numbers of training "
                + "images, if all are run folders; else all count the same.",
        });
        _rank = Add("Averaging", new Option<int?>("--rank")
        {
            HelpName = "R",
            Description = "Keep the closest update of this rank (LoRA). Default: the ranks add up, and the mean is exact.",
        });
        SetAction(Run);
    }

    public override IReadOnlyList<(string Line, string What)> Examples { get; } =
    [
        ("radapt adapter average siteA siteB siteC --weights 1200,300,550 -o average", "Of three hospitals:"),
        ("radapt evaluate average --data labels.csv --split test", "Its figures on one's own images:"),
    ];

    /// <inheritdoc/>
    public override bool StopsItself => false;

    private int Run(ParseResult parsed)
    {
        bool json = parsed.GetValue(_json);
        string[] named = parsed.GetRequiredValue(_adapters);
        string output = new ImportRequest("", parsed.GetRequiredValue(_out)).OutputFile;
        if (output == parsed.GetRequiredValue(_out) || Directory.Exists(Path.GetDirectoryName(output)))
        {
            OutputFile.RequireNew(output, parsed.GetValue(_overwrite)); // else a folder that is made for it
        }

        string[] files = [.. named.Select(AdapterFile.Locate)];
        if (files.GroupBy(Path.GetFullPath).FirstOrDefault(g => g.Count() > 1) is { } twice)
        {
            throw new RadaptException($"{twice.First()}: is named twice; name each adapter only once.");
        }

        OutputFile.RequireNoInput(output, "-o", files);
        AdapterDescription[] adapters = [.. files.Select(AdapterFile.RequireSound)];
        (IReadOnlyList<double> weights, string reason) = Weights(parsed.GetValue(_weights), named);
        int? rank = parsed.GetValue(_rank);
        RequireFit(named, adapters, rank);
        ProcessSettings.PrepareCompute();
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(output))!);
        AdapterAverage.Write(output, adapters[0] with
        {
            Soup = null,
            Averaged = [.. files.Zip(weights, (f, w) => new AveragedPart(DecisionRules.AdapterHash(f), w))],
        }, files, weights, rank);
        LoraMeanError? error = AdapterAverage.Measure(output, files, weights);
        var terminal = new Terminal(onStandardError: json);
        terminal.Rows(["adapter", "weight", "share"],
            named.Zip(weights, (n, w) => new[] { n, w.ToString(CultureInfo.InvariantCulture), Percent(w / weights.Sum()) }), 1, 2);
        terminal.Line($"Weights: {reason}");
        Show(terminal, output, (adapters[0].Method as LoraOptions)?.Rank * files.Length, error, rank);
        if (adapters[0].Method is LoraOptions { Magnitudes: true })
        {
            terminal.Line("With DoRA magnitudes and updates are averaged apart: the figures above are of the updates, and the merged weights "
                + "are not exactly the mean of the sites' merged weights.");
        }

        if (json)
        {
            Terminal.WriteJson(ToJson(output, files, weights, error));
        }

        return ExitCode.Done;
    }

    private static void Show(Terminal terminal, string output, int? all, LoraMeanError? error, int? rank)
    {
        if (error is null)
        {
            terminal.Line($"{output}: the weighted mean of every trained tensor", strong: true);
            return;
        }

        string cut = rank is { } kept && kept < all
            ? $"rank {kept} of {all}: what was cut is {Percent(error.Stored)} of the mean update"
            : $"rank {all}, the weighted mean of the updates to {error.Stored.ToString("0.0e0", CultureInfo.InvariantCulture)}";
        terminal.Line($"{output}: {cut} (relative, Frobenius norm). A and B averaged apart would be off by {Percent(error.FactorsApart)}.",
            strong: true);
        terminal.Line("It has no calibration and no thresholds: those of the sites do not hold for the mean. radapt evaluate gives its figures.");
    }

    private static (IReadOnlyList<double> Weights, string Reason) Weights(string? given, string[] named)
    {
        if (given is not null)
        {
            double?[] read = [.. given.Split(',').Select(w =>
                double.TryParse(w, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) ? value : (double?)null)];
            return read.Length != named.Length
                ? throw new RadaptException($"--weights {given}: {Plural.Count(read.Length, "weight")} for {named.Length} adapters; give one for each.")
                : read.Any(w => w is not > 0 || !double.IsFinite(w.Value))
                ? throw new RadaptException($"--weights {given}: each must be a number above 0, such as a number of training images.")
                : ([.. read.Select(w => w!.Value)], "as given with --weights.");
        }

        int?[] images = [.. named.Select(n => Directory.Exists(n) ? RunRecord.Read(n)?.Data?.Train : null)];
        return images.All(i => i is > 0)
            ? ([.. images.Select(i => (double)i!.Value)], "the numbers of training images of the runs (--weights sets others).")
            : ([.. named.Select(_ => 1.0)],
                "all count the same, because the numbers of training images are not known for all (--weights sets them).");
    }

    private static void RequireFit(string[] named, AdapterDescription[] adapters, int? rank)
    {
        for (int i = 1; i < adapters.Length; i++)
        {
            if (AdapterAverage.Refusal(adapters[0], adapters[i]) is { } refusal)
            {
                throw new RadaptException($"{named[i]}: {refusal}. Only adapters that started like {named[0]} can be averaged with it.");
            }
        }

        MethodOptions options = adapters[0].Method;
        if (rank is not null && options is not LoraOptions)
        {
            throw new RadaptException($"--rank {rank}: is for lora; these adapters were trained with {options}. Leave it out.");
        }

        if (rank is < 1)
        {
            throw new RadaptException($"--rank {rank}: must be at least 1.");
        }

        MethodOptions mean = options.Definition.MeanOptions(options, adapters.Length);
        if (rank is null && options.Definition.Problem(mean, adapters[0].Backbone) is { } problem)
        {
            throw new RadaptException(
                $"The mean of {adapters.Length} adapters has {adapters.Length} times their rank: {problem.Text} Give --rank.");
        }

        if (rank is { } kept && mean is LoraOptions lora
            && lora.Definition.Problem(lora with { Rank = Math.Min(kept, lora.Rank) }, adapters[0].Backbone) is { } unfit)
        {
            throw new RadaptException($"--rank {kept}: {unfit.Text}");
        }
    }

    private static JsonObject ToJson(string output, string[] files, IReadOnlyList<double> weights, LoraMeanError? error) => new()
    {
        ["adapter"] = Path.GetFullPath(output),
        ["rank"] = (AdapterFile.Describe(output).Method as LoraOptions)?.Rank,
        ["error"] = error?.Stored,
        ["error_of_factors_apart"] = error?.FactorsApart,
        ["adapters"] = new JsonArray([.. files.Zip(weights, (file, weight) => new JsonObject
        {
            ["adapter"] = Path.GetFullPath(file),
            ["weight"] = weight,
        })]),
    };

    private static string Percent(double share) => (100 * share).ToString("0.0", CultureInfo.InvariantCulture) + " %";
}
