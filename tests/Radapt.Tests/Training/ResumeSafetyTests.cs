using System.Text.Json.Nodes;
using Radapt.Runs;
using Radapt.Training;

namespace Radapt.Tests.Training;

/// <summary>
/// What a run relies on is checked before anything is trained: base weights, recipe, state, adapter, and that nobody else works in its
/// folder.
/// </summary>
public sealed class ResumeSafetyTests(TinyRuns runs) : IClassFixture<TinyRuns>
{
    private const int InSecondEpoch = 8; // of 6 updates an epoch
    private static readonly string[] s_plain = ["method lora", "epochs 3"];

    [Fact] // M1
    public void Resume_OtherBaseWeights_IsRefusedAndTheFirstOnesGoOn()
    {
        string first = Weights("1"), other = Weights("2"), given = runs.NewFolder() + ".safetensors";
        string[] options = [.. s_plain, "from-scratch false", $"weights {given}"];
        File.Copy(first, given);
        string undisturbed = TinyRuns.Results(runs.Run(options));
        string folder = runs.NewFolder();
        runs.RunUntil(InSecondEpoch, folder, resume: false, options);

        File.Copy(other, given, overwrite: true); // the file was replaced
        AssertRefusedUntouched(folder, options, "began with other base weights");
        File.Copy(first, given, overwrite: true);
        AssertRefusedUntouched(folder, [.. s_plain, "from-scratch false", $"weights {other}"], "began with other base weights");

        // The same weights in another place are the same weights, to the end.
        File.Delete(given);
        RunSummary resumed = runs.RunUntil(long.MaxValue, folder, resume: true, [.. s_plain, "from-scratch false", $"weights {first}"])!;
        Assert.Equal(History(undisturbed), History(TinyRuns.Results(resumed)));
    }

    [Fact] // M1: the recipe decides a run, too
    public void Resume_EditedRecipe_NamesTheOption()
    {
        string folder = Interrupted();
        string recipe = Path.Combine(folder, "recipe.yaml");
        string written = File.ReadAllText(recipe);
        File.WriteAllLines(recipe, written.Split('\n').Where(l => !l.StartsWith("lr:", StringComparison.Ordinal)).Append("lr: 0.5"));
        AssertRefusedUntouched(folder, [.. s_plain, "lr 0.5"], "began with lr ");
    }

    [Theory] // K10, K12
    [InlineData("tail")]
    [InlineData("bit")]
    [InlineData("json")]
    [InlineData("cut")]
    public void Resume_DamagedState_IsRefusedWithTheWayOn(string damage)
    {
        string folder = Interrupted();
        Damage(Path.Combine(folder, "state", "state.safetensors"), damage);
        AssertRefusedUntouched(folder, s_plain, "start a new run with --recipe");
    }

    [Theory] // K10, K12
    [InlineData("tail")]
    [InlineData("bit")]
    [InlineData("json")]
    [InlineData("cut")]
    [InlineData("gone")]
    public void Resume_DamagedAdapter_IsRefusedWithTheWayOn(string damage)
    {
        string folder = Interrupted();
        Damage(Path.Combine(folder, "adapter.safetensors"), damage);
        AssertRefusedUntouched(folder, s_plain, "start a new run with --recipe");
    }

    [Fact] // K12
    public void Resume_AdapterLostRightAfterTheBestEpoch_IsWrittenAgain()
    {
        string undisturbed = TinyRuns.Results(runs.Run(s_plain));
        string folder = runs.NewFolder();
        runs.RunUntil(6, folder, resume: false, s_plain); // the first epoch's last update: it is validated, and the best
        File.Delete(Path.Combine(folder, "adapter.safetensors"));
        Assert.Equal(undisturbed, TinyRuns.Results(runs.RunUntil(long.MaxValue, folder, resume: true, s_plain)!));
    }

    [Theory] // K12
    [InlineData("not JSON")]
    [InlineData("{\"status\":\"running\",\"status\":\"complete\"}")]
    [InlineData("{\"status\":\"complete\",\"checksum\":\"xxh128:0\"}")]
    public void Resume_DamagedNoteOfAnUnfinishedRun_GoesOn(string content)
    {
        string undisturbed = TinyRuns.Results(runs.Run(s_plain));
        string folder = Interrupted();
        File.WriteAllText(Path.Combine(folder, "run.json"), content);
        Assert.False(RunRecord.IsComplete(folder));
        Assert.Equal(undisturbed, TinyRuns.Results(runs.RunUntil(long.MaxValue, folder, resume: true, s_plain)!));
        Assert.True(RunRecord.IsComplete(folder));
    }

    [Fact] // K10
    public void Read_ChangedFigureOfACompleteRun_IsRefused()
    {
        string folder = runs.Run(s_plain).Folder;
        string file = Path.Combine(folder, "run.json");
        JsonNode run = JsonNode.Parse(File.ReadAllText(file))!;
        run["best_epoch"] = 9;
        File.WriteAllText(file, run.ToJsonString());
        Assert.Contains("does not match its checksum", Assert.Throws<RadaptException>(() => RunRecord.Read(folder)).Message,
            StringComparison.Ordinal);
    }

    [Fact] // K11
    public void Run_FolderThatAnotherSessionWorksIn_SaysWhoAndLeavesItAlone()
    {
        string undisturbed = TinyRuns.Results(runs.Run(s_plain));
        string folder = runs.NewFolder();
        var refused = new List<string>();
        using FineTuning run = runs.Prepare(s_plain);
        run.OnUpdate = done =>
        {
            if (done is 2 or InSecondEpoch)
            {
                refused.Add(Assert.Throws<RadaptException>(() => runs.RunUntil(long.MaxValue, folder, resume: true, s_plain)).Message);
                refused.Add(Assert.Throws<RadaptException>(() => runs.RunUntil(long.MaxValue, folder, resume: false, s_plain)).Message);
            }
        };
        RunSummary summary = run.Run(folder, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(undisturbed, TinyRuns.Results(summary));
        Assert.Equal(4, refused.Count);
        Assert.All(refused,
            message => Assert.Contains($"process {Environment.ProcessId} on {Environment.MachineName}", message, StringComparison.Ordinal));
    }

    [Fact] // K11
    public void Resume_OwnerIsGone_TakesTheFolderOver()
    {
        string folder = Interrupted();
        File.WriteAllText(Path.Combine(folder, "state", "owner.json"),
            $$"""{"host":"{{Environment.MachineName}}","process_id":{{int.MaxValue}},"started":"2020-01-01T00:00:00+00:00"}""");
        File.WriteAllText(Path.Combine(folder, "state", "lock"), "");
        Assert.NotNull(runs.RunUntil(long.MaxValue, folder, resume: true, s_plain));
    }

    [Fact] // K11
    public void Run_FilesThatLookLikeTemporaryOnes_RemovesOnlyItsOwnLeftovers()
    {
        string folder = Interrupted();
        string[] others = [Path.Combine(folder, "recipe.yaml.mine.tmp"), Path.Combine(folder, "run.json.1-2.tmp"),
            Path.Combine(folder, "state", "notes.tmp")];
        string own = Path.Combine(folder, "state", "state.safetensors.radapt-123-8dc0ffee-4.tmp");
        foreach (string file in others.Append(own))
        {
            File.WriteAllText(file, "x");
        }

        Assert.NotNull(runs.RunUntil(long.MaxValue, folder, resume: true, s_plain));
        Assert.All(others, file => Assert.Equal("x", File.ReadAllText(file)));
        Assert.False(File.Exists(own));
    }

    [Theory] // K13
    // with a feature cache
    [InlineData("method linear", "augment none", "drop-path 0", "optimizer sgd", "lr 1e30", "warmup-epochs 0", "min-lr 1e30")]
    [InlineData("method full", "optimizer sgd", "lr 1e30", "warmup-epochs 0", "min-lr 1e30")]
    public void Run_FirstStartFailed_LeavesNothingInTheWay(params string[] options)
    {
        string folder = runs.NewFolder();
        Assert.Throws<RadaptException>(() => runs.RunUntil(long.MaxValue, folder, resume: false, options));
        Assert.False(Directory.Exists(folder));
        Assert.NotNull(runs.RunUntil(long.MaxValue, folder, resume: false, s_plain));
    }

    [Fact] // K13: killed before the recipe was written
    public void Run_DebrisOfASessionThatWroteNothingYet_StartsAgain()
    {
        string folder = runs.NewFolder();
        Directory.CreateDirectory(Path.Combine(folder, "state"));
        File.WriteAllText(Path.Combine(folder, "state", "lock"), "");
        File.WriteAllText(Path.Combine(folder, "recipe.yaml.radapt-123-8dc0ffee-1.tmp"), "half");
        Assert.NotNull(runs.RunUntil(long.MaxValue, folder, resume: false, s_plain));
        Assert.Empty(Directory.GetFiles(folder, "*.tmp", SearchOption.AllDirectories));
    }

    private string Interrupted()
    {
        string folder = runs.NewFolder();
        Assert.Null(runs.RunUntil(InSecondEpoch, folder, resume: false, s_plain));
        return folder;
    }

    private string Weights(string seed)
    {
        string folder = runs.Run("method full", "epochs 1", $"seed {seed}").Folder;
        string weights = runs.NewFolder() + ".safetensors";
        Radapt.Adaptation.Files.AdapterMerge.Run(folder, weights);
        return weights;
    }

    // Nothing of the run's is changed, and nothing is trained.
    private void AssertRefusedUntouched(string folder, string[] options, string expected)
    {
        Dictionary<string, byte[]> before = Contents(folder);
        int updates = 0;
        using FineTuning run = runs.Prepare(options);
        run.OnUpdate = _ => updates++;
        RadaptException error =
            Assert.Throws<RadaptException>(() => run.Run(folder, resume: true, cancellation: TestContext.Current.CancellationToken));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Equal(0, updates);
        Assert.Equal(before, Contents(folder));
    }

    private static Dictionary<string, byte[]> Contents(string folder) => Directory.GetFiles(folder, "*", SearchOption.AllDirectories)
        .Where(f => !Path.GetFileName(f).StartsWith("events.", StringComparison.Ordinal)).ToDictionary(f => f, File.ReadAllBytes);

    private static string History(string results) => JsonNode.Parse(results)!["history"]!.ToJsonString();

    private static void Damage(string file, string damage)
    {
        byte[] bytes = File.ReadAllBytes(file);
        switch (damage)
        {
            case "tail":
                Array.Clear(bytes, bytes.Length - 200, 200);
                break;
            case "bit":
                bytes[^300] ^= 0x10;
                break;
            case "json":
                int digit = Array.FindIndex(bytes, bytes.AsSpan().IndexOf("seed"u8) is >= 0 and var seed ? seed
                    : bytes.AsSpan().IndexOf("best_epoch"u8), b => b is >= (byte)'1' and <= (byte)'8');
                bytes[digit]++;
                break;
            case "cut":
                bytes = bytes[..^100];
                break;
            default:
                File.Delete(file);
                return;
        }

        File.WriteAllBytes(file, bytes);
    }
}
