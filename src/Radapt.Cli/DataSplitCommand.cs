using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Radapt.Datasets.Splits;

namespace Radapt.Cli;

/// <summary><c>radapt data split</c>: train, val and test, or folds, by patient.</summary>
internal sealed class DataSplitCommand : RadaptCommand
{
    private readonly DataArguments _data = new("train", "val", "test", "allow-overlap", "split-shares", "folds", "fold");
    private readonly Option<string> _out;
    private readonly Option<string> _shares;
    private readonly Option<int?> _folds;
    private readonly Option<bool> _overwrite;
    private readonly Option<bool> _json;

    public DataSplitCommand(CancellationToken interrupted)
        : base("split",
            "Divide images into train, val and test, or into folds. No patient is in two parts; each finding is about as common in all.")
    {
        _out = Add("Output", new Option<string>("--out", "-o")
        {
            HelpName = "FILE.csv",
            Description = "The label table to write: the columns of the source, and a column split or fold.",
            Required = true,
        });
        _overwrite = AddOverwrite("the table", "--force");
        _json = AddJson();
        _shares = Add("Split", new Option<string>("--shares")
        {
            HelpName = "N,N,N",
            Description = "Shares of train, val and test, or of train and val; only their ratios matter. Default: 70,10,20.",
        });
        _folds = Add("Split", new Option<int?>("--folds") { HelpName = "K", Description = "Draw K folds instead, 2 to 100." });
        foreach (Option<string> option in _data.Options)
        {
            Add(option.Name == "--seed" ? "Split" : "Data", option);
        }

        SetAction(parsed => Run(parsed, interrupted));
    }

    public override IReadOnlyList<(string Line, string What)> Examples { get; } =
    [
        ("radapt data split --data all.csv -o labels.csv", "70 % to train, 10 % to val, 20 % to test:"),
        ("radapt data split --data all.csv --shares 80,20 --seed 3 -o labels.csv", "Only train and val, with another seed:"),
        ("radapt data split --data all.csv --folds 5 -o folds.csv", "Five folds, listed in a column named fold:"),
    ];

    private int Run(ParseResult parsed, CancellationToken interrupted)
    {
        bool json = parsed.GetValue(_json);
        var terminal = new Terminal(onStandardError: json);
        int? folds = parsed.GetValue(_folds);
        string? shares = parsed.GetValue(_shares);
        if (folds is not null && shares is not null)
        {
            throw new RadaptException("--shares and --folds exclude each other: folds are of equal size.");
        }

        var request = new SplitRequest
        {
            Data = _data.Read(parsed),
            Table = parsed.GetRequiredValue(_out),
            Folds = folds,
            Force = parsed.GetValue(_overwrite),
        };
        if (shares is not null)
        {
            request = request with { Shares = ParseShares(shares) };
        }

        bool seedIsGiven = _data.Options.Any(o => o.Name == "--seed" && parsed.GetResult(o) is { Implicit: false });
        SplitReport report = LiveReport.Run(live => SplitTable.Write(
            request with { Data = request.Data with { Headers = live.Headers } }, interrupted));
        foreach (string note in report.Notes)
        {
            terminal.Line($"Note: {note}");
        }

        if (folds is null)
        {
            terminal.Line(
                $"--shares {string.Join(',', request.Shares)} "
                    + $"({(shares is null ? "default: those of ChestX-ray14 in the paper" : "given")})");
        }

        terminal.Line($"--seed {request.Data.Seed} ({(seedIsGiven ? "given" : "default: the same draw every time")})");
        terminal.Line();
        PartTable.Show(terminal, report.Findings,
            [.. report.Parts.Select(p => ((folds is null ? "" : "fold ") + p.Name, p.Images, p.Patients, p.Counts))]);
        terminal.Line();
        terminal.Line(
            $"{request.Table}: {Plural.Count(report.Parts.Sum(p => p.Images), "image")}{(folds is null ? "" : $", fold 1 to {folds}")}. "
                + Next(request));
        if (json)
        {
            Terminal.WriteJson(Json(request, report));
        }

        return ExitCode.Done;
    }

    private static string Next(SplitRequest request)
    {
        string table = FineTuningSession.Quoted(request.Table);
        return request.Folds is { } folds
            ? $"Next: radapt finetune --data {table} --folds {folds} --split-seed {request.Data.Seed} --weights CHECKPOINT.pth --out runs/folds "
                + "(takes the folds of the column 'fold')"
            : $"Next: radapt finetune --data {table} --weights CHECKPOINT.pth --out runs/first";
    }

    private static JsonObject Json(SplitRequest request, SplitReport report) => new()
    {
        ["table"] = Path.GetFullPath(request.Table),
        ["seed"] = request.Data.Seed,
        ["shares"] = request.Folds is null ? new JsonArray([.. request.Shares.Select(s => JsonValue.Create(s))]) : null,
        ["folds"] = request.Folds,
        ["parts"] = new JsonArray([.. report.Parts.Select(p => new JsonObject
        {
            ["name"] = p.Name,
            ["images"] = p.Images,
            ["patients"] = p.Patients,
            ["findings"] = PartTable.Json(report.Findings, p.Counts),
        })]),
        ["notes"] = new JsonArray([.. report.Notes.Select(n => JsonValue.Create(n))]),
    };

    private static double[] ParseShares(string text)
    {
        string[] parts = text.Split(',', StringSplitOptions.TrimEntries);
        var shares = new double[parts.Length];
        for (int i = 0; i < parts.Length; i++)
        {
            if (!double.TryParse(parts[i].TrimEnd('%'), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out shares[i]))
            {
                throw new RadaptException($"--shares: '{parts[i]}' is not a number; write two or three, such as 70,10,20.");
            }
        }

        return shares;
    }
}
