using System.Text.Json.Nodes;
using Radapt.Runs;
using Radapt.Tests.Datasets;

namespace Radapt.Tests.Cli;

/// <summary>Every error that ends a run says how to go on, and the way it says works (WORKFLOW B8, B9, E).</summary>
[Collection(WholeCommands.Name)]
public sealed class GoingOnTests(TinyRun tiny) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact] // B8, B9
    public async Task FineTune_FileThatCannotBeWritten_SaysHowToGoOnAndDoes()
    {
        using (RadaptProcess process = RadaptProcess.Start(_folder.Path, "epoch 3/", tiny.FineTune("run")))
        {
            await process.Awaited();
            // As on a full disk: the epoch's table cannot be renamed into place.
            File.Delete(_folder["run/metrics.jsonl"]);
            Directory.CreateDirectory(_folder["run/metrics.jsonl/x"]);
            RadaptResult ended = (await process.End()).Expect(2);
            Assert.Contains("metrics.jsonl: cannot be written", ended.Error, StringComparison.Ordinal);
            Assert.EndsWith(
                "What was trained until then is saved. After fixing the cause, resume with: radapt finetune --resume --out run\n",
                ended.Error, StringComparison.Ordinal);
        }

        Assert.Equal(RunStatus.Interrupted, RunRecord.Read(_folder["run"])!.Status);
        Directory.Delete(_folder["run/metrics.jsonl"], recursive: true);
        (await RadaptProcess.Run(_folder.Path, "finetune", "--resume", "--out", "run")).Expect(0);
        Assert.Equal(File.ReadAllBytes(Path.Combine(tiny.Run, "adapter.safetensors")),
            File.ReadAllBytes(_folder["run/adapter.safetensors"]));
    }

    [Fact] // B8
    public async Task Resume_DataMoved_AsksForTheNewPathAndContinues()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "signals of other processes");
        Assert.SkipWhen(InterruptionTests.IgnoresInterrupts(), "started with SIGINT ignored, which every child inherits");
        CopyPhantoms("here");
        string[] line = [.. tiny.FineTune("run")];
        line[2] = "here";
        using (RadaptProcess process = RadaptProcess.Start(_folder.Path, "epoch 3/", line))
        {
            process.OnSeen = p => p.Interrupt();
            RadaptResult ended = (await process.End()).Expect(130);
            Assert.Contains("radapt finetune --resume --out run", ended.Error, StringComparison.Ordinal);
        }

        Assert.Equal("interrupted", (string)JsonNode.Parse(File.ReadAllText(_folder["run/run.json"]))!["status"]!); // B9
        Directory.Move(_folder["here"], _folder["there"]);
        RadaptResult gone = (await RadaptProcess.Run(_folder.Path, "finetune", "--resume", "--out", "run")).Expect(2);
        Assert.Equal($"radapt: run: --data {_folder["here"]} is no longer there. If it was moved, give its new path: radapt finetune "
            + "--resume --out run --data NEW. Images and labels must be the same.", gone.ErrorLine);
        RadaptResult resumed = (await RadaptProcess.Run(_folder.Path, "finetune", "--resume", "--out", "run", "--data", "there")).Expect(0);
        Assert.Contains($"Recipe: as the run began, {Path.Combine("run", "recipe.yaml")}", resumed.Output, StringComparison.Ordinal); // E
        Assert.Contains($"Given by command line: data {_folder["there"]}\n", resumed.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Given by recipe", resumed.Output, StringComparison.Ordinal);
        Assert.Equal(File.ReadAllBytes(Path.Combine(tiny.Run, "adapter.safetensors")),
            File.ReadAllBytes(_folder["run/adapter.safetensors"]));
    }

    [Fact] // E: what can be told before headers are read is told before
    public async Task FineTune_FolderInUseOrKeyThatCannotBe_IsToldBeforeDataIsRead()
    {
        using var hospital = new HospitalFolder();
        Directory.CreateDirectory(_folder["used"]);
        File.WriteAllText(_folder["used/notes.txt"], "mine");
        string[] line = [.. tiny.FineTune("used").Where(a => a != "--plain-names"), "--image-root", hospital.Root];
        line[2] = "gone.csv"; // would be the next error
        Assert.Contains("the run folder is not empty", (await RadaptProcess.Run(_folder.Path, line)).Expect(2).ErrorLine,
            StringComparison.Ordinal);
        line[Array.IndexOf(line, "used")] = "fresh";
        RadaptResult key = (await RadaptProcess.Run(_folder.Path, [.. line, "--key", _folder["used/notes.txt/key"]])).Expect(2);
        Assert.Contains("the key that hides image names cannot be read or created", key.ErrorLine, StringComparison.Ordinal);
        Assert.Contains("gone.csv", (await RadaptProcess.Run(_folder.Path, line)).Expect(2).ErrorLine, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(hospital.Root, ".radapt-key*", SearchOption.AllDirectories));
    }

    [Fact] // E
    public async Task DataCheck_Phantoms_HaveNoErrors()
    {
        string[] findings = ["--difficulty", "easy", "--findings", "Cardiomegaly,Effusion"];
        (await RadaptProcess.Run(_folder.Path, ["data", "phantoms", "phantoms", "--count", "300", "--size", "64", .. findings])).Expect(0);
        RadaptResult check = (await RadaptProcess.Run(_folder.Path, "data", "check", "--data", "phantoms", "--json")).Expect(0);
        Assert.Equal(0, (int)check.Json["errors"]!);
        Assert.InRange((int)check.Json["warnings"]!, 1, 40); // pictures of different phantoms that are alike
    }

    private void CopyPhantoms(string to)
    {
        Directory.CreateDirectory(_folder[to + "/images"]);
        foreach (string file in Directory.EnumerateFiles(tiny.Data, "*", SearchOption.AllDirectories))
        {
            string path = _folder[$"{to}/{Path.GetRelativePath(tiny.Data, file)}"];
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.Copy(file, path);
        }
    }
}
