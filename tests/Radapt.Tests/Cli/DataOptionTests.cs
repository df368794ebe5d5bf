using System.Collections.Concurrent;
using System.CommandLine;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Radapt.Cli;
using Radapt.Datasets;
using Radapt.Recipes;

namespace Radapt.Tests.Cli;

/// <summary>
/// An option that a command lists is used by it (WORKFLOW C1). The help of every command is read; for every option in it that says which
/// images and labels are meant, the command runs without and with it, on data where that must make a difference.
/// </summary>
[Collection(WholeCommands.Name)]
public sealed partial class DataOptionTests(TinyRun tiny) : IDisposable
{
    private const string Lists = "--image-root images --findings A,B";

    // For every option: what is given besides, and the option with a value that changes what is read, or that cannot be.
    private static readonly Dictionary<string, (string Without, string With)> s_cases = new()
    {
        ["data"] = ("", "--data labels.csv"),
        ["train"] = ($"--val v.txt {Lists}", "--train t.txt"),
        ["val"] = ($"--train t.txt {Lists}", "--val v.txt"),
        ["test"] = ($"--train t.txt --val v.txt {Lists}", "--test gone.txt"),
        ["image-root"] = ("--data away/labels.csv", "--image-root images"),
        ["sheet"] = ("--data book.xlsx", "--sheet Two"),
        ["image-column"] = ("--data labels.csv", "--image-column Nope"),
        ["match"] = ("--data labels.csv", "--match sop-uid"),
        ["patient-column"] = ("--data labels.csv", "--patient-column Nope"),
        ["date-column"] = ("--data labels.csv", "--date-column Nope"),
        ["patients"] = ("--data people.csv --image-root dicom --study-labels", "--patients header"),
        ["values"] = ("--data labels.csv", "--values 1=,0=1"),
        ["text-findings"] = ("--data labels.csv", "--text-findings Nope"),
        ["views"] = ("--data views.csv", "--views PA"),
        ["study-labels"] = ("--data studies.csv --image-root dicom", "--study-labels"),
        ["findings"] = ("--data labels.csv", "--findings B"),
        ["class-column"] = ("--data classes.csv --findings c0,c1,c2", "--class-column class"),
        ["class-labels"] = ("--train class-t.txt --val class-v.txt --image-root images", "--class-labels"),
        ["keep-classes"] = ("--data classes.csv --class-column class", "--keep-classes 0,1"),
        ["split-name"] = ("--data labels.csv", "--split-name official"),
        ["split-seed"] = ("--data labels.csv", "--split-seed 5"),
        ["split-shares"] = ("--data labels.csv", "--split-shares 60,20,20"),
        ["uncertainty"] = ("--data labels.csv", "--uncertainty zeros"),
        ["folds"] = ("--data labels.csv --allow-rare-findings", "--folds 3 --fold 2"),
        ["fold"] = ("--data labels.csv --allow-rare-findings --folds 3", "--fold 2"),
        ["label-fraction"] = ("--data labels.csv", "--label-fraction 10-per-finding"),
        ["allow-overlap"] = ("--data overlap.csv", "--allow-overlap"),
        ["allow-rare-findings"] = ("--data rare.csv", "--allow-rare-findings"),
        ["allow-missing-images"] = ("--data missing.csv", "--allow-missing-images"),
        ["skip-unreadable"] = ("--data named.csv", "--skip-unreadable 0%"),
        ["check-pixels"] = ("--data named.csv", "--check-pixels off"),
        ["plain-names"] = ("--data named.csv", "--plain-names"),
        ["key"] = ("--data labels.csv", "--key OUT.key"),
        ["cache"] = ("--data labels.csv", "--cache OUT.cache"),
        ["cache-size"] = ("--data labels.csv --cache OUT.cache", "--cache-size 16"),
        ["seed"] = ("--data nosplit.csv", "--seed 5"),

        // commands that take one list by --data, or none
        ["data split --class-labels"] = ("--data class-t.txt --image-root images", "--class-labels"),
        ["evaluate --class-labels"] = ("--data class-t.txt --image-root images", "--class-labels"),
        ["evaluate --test"] = ("", "--test gone.txt"),
    };

    private readonly DataOptionSet _set = new();
    private string? _run;
    private int _files;

    public void Dispose() => _set.Dispose();

    [Fact]
    public async Task Help_EveryDataOption_IsUsedByItsCommand()
    {
        string[] trained = ["finetune", .. TinyArguments(), "--data", "labels.csv", "--out", "run"];
        (await RadaptProcess.Run(_set.Path, trained)).Expect(0);
        _run = "run";
        (string Command, string Option)[] listed =
        [
            .. from command in Commands(Radapt.Cli.Program.Root(CancellationToken.None))
               let name = CommandHelp.PathOf(command)["radapt ".Length..]
               from option in command.Groups.SelectMany(g => g.Options).Where(IsOfData).Select(o => o.Name[2..])
               where (name, option) is not ("predict", "plain-names") // PatientPrivacyCommandTests
                   and not ("data phantoms", "seed") // draws images, reads none
                   and not ("pretrain mae" or "pretrain mrm", _) // PretrainCommandTests: these read no labels
               select (name, option),
        ];
        Assert.InRange(listed.Length, 70, int.MaxValue); // finetune alone lists thirty
        var unused = new ConcurrentBag<string>();
        var once = new ConcurrentDictionary<(string Command, string Without), Task<string>>();
        await Parallel.ForEachAsync(listed, new ParallelOptions { MaxDegreeOfParallelism = 3 }, async (of, _) =>
        {
            if (!s_cases.TryGetValue($"{of.Command} --{of.Option}", out (string Without, string With) given)
                && !s_cases.TryGetValue(of.Option, out given))
            {
                unused.Add($"--{of.Option} of radapt {of.Command}: add data to this test on which it makes a difference.");
                return;
            }

            string without = await once.GetOrAdd((of.Command, given.Without), c => Outcome(c.Command, c.Without));
            Assert.DoesNotContain("There is no option", without, StringComparison.Ordinal);
            if (without == await Outcome(of.Command, $"{given.Without} {given.With}"))
            {
                unused.Add($"radapt {of.Command} {given.Without}: {given.With} changes nothing: {without}");
            }
        });
        Assert.True(unused.IsEmpty, string.Join("\n\n", unused));
    }

    // Such as the recipe has it: `adapter import --findings` and `data phantoms --seed` are others of the same name.
    private static bool IsOfData(Option option) => RecipeOptions.Find(option.Name[2..]) is { } row && row.Help == option.Description
        && (row.Section == typeof(DataOptions) || row.Name == "seed");

    private static IEnumerable<RadaptCommand> Commands(Command command) =>
        command.Subcommands.SelectMany(Commands).Concat(command is RadaptCommand own ? [own] : []);

    private string[] TinyArguments()
    {
        string[] line = [.. tiny.FineTune("x").Where(a => a != "--plain-names")];
        line[Array.IndexOf(line, "--epochs") + 1] = "1";
        return line[3..^2];
    }

    // What a user sees of the images that were read: exit code, messages, figures and files, without what differs from run to run.
    private async Task<string> Outcome(string command, string arguments)
    {
        string output = $"out{Interlocked.Increment(ref _files)}.";
        string[] given = arguments.Replace("OUT.", output, StringComparison.Ordinal).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        string[] line = command switch
        {
            "finetune" => [command, .. TinyArguments(), .. given, "--json", "--out", output + "run"],
            "evaluate" => [command, _run!, .. given.Contains("--data") ? ["--split", "all"] : Array.Empty<string>(), .. given, "--json"],
            "data split" => ["data", "split", .. given, "--json", "-o", output + "csv"],
            "data preview" => ["data", "preview", .. given, "--json", "--images", "100", "--epochs", "1", "--image-size", "16",
                "--out", output + "png"],
            "data check" => ["data", "check", .. given, "--json", "-o", output + "csv"],
            _ => throw new InvalidOperationException($"radapt {command} reads data: add it to this test."),
        };
        RadaptResult result = await RadaptProcess.Run(_set.Path, line);
        string files = string.Join('\n', Directory.EnumerateFiles(_set.Path, "*", SearchOption.AllDirectories)
            .Where(f => Path.GetRelativePath(_set.Path, f).StartsWith(output, StringComparison.Ordinal)
                && Path.GetExtension(f) is ".csv" or ".png" or ".safetensors" or ".key" or ".gray").Order(StringComparer.Ordinal)
            .Select(f => $"{Path.GetFileName(f)} {(f.EndsWith(".key", StringComparison.Ordinal) ? "" : Hash(f))}"));
        return Volatile().Replace($"{result.ExitCode}\n{Stable(result)}\n{result.Error}\n{files}".Replace(output, "OUT.",
            StringComparison.Ordinal), "#");
    }

    private static string Hash(string file) => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file)));

    private static string Stable(RadaptResult result)
    {
        if (result.Output.Length == 0 || result.Output[0] != '{')
        {
            return result.Output;
        }

        JsonObject json = result.Json;
        foreach (string name in new[] { "seconds", "images_per_second", "machine", "session_started", "train", "path", "checksum" })
        {
            json.Remove(name);
        }

        return json.ToJsonString();
    }

    [GeneratedRegex("[0-9]+(\\.[0-9]+)? (s|min|a second|images/s)\\b|\"seconds\":[0-9.E-]+")]
    private static partial Regex Volatile();
}
