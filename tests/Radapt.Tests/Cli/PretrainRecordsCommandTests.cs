using Radapt.Checkpoints;
using Radapt.Datasets.Phantoms;
using Radapt.Pretraining.Reports;
using Radapt.Runs;

namespace Radapt.Tests.Cli;

[Collection(WholeCommands.Name)]
public sealed class PretrainRecordsCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public PretrainRecordsCommandTests() =>
        PhantomSet.Write(_folder["phantoms"], new PhantomOptions { Count = 60, Size = 64, Masks = false, Threads = 1 });

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Pretrain_PhantomsWithReports_GivesWeightsThatFineTuneTakes()
    {
        RadaptResult result = (await RadaptProcess.Run(_folder.Path, Pretrain("mrm", "--pictures", "2"))).Expect(0);
        Assert.Contains("36 images are learned from; 12 are held out", result.Output, StringComparison.Ordinal);
        Assert.Contains("12 files left out: in the table's test split.", result.Output, StringComparison.Ordinal);
        Assert.Contains("the reports name sides of the body", result.Output, StringComparison.Ordinal);
        Assert.Contains("with another image", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("costophrenic", result.Output, StringComparison.Ordinal); // what reports say stays in them

        RunRecord run = RunRecord.Read(_folder["mrm"])!;
        Assert.Equal((36, 12, "mrm"), (run.Pretraining!.Images, run.Pretraining.HeldOut, run.Pretraining.Task));
        Assert.InRange(run.Pretraining.Figures![HeldOutRecords.Perplexity], 1, 300);
        Assert.Contains("tokenizer.json", run.Files!.Keys);
        WordPieceVocabulary vocabulary = VocabularyFile.Read(_folder["mrm/tokenizer.json"]);
        using (CheckpointFile weights = CheckpointFile.Open(_folder["mrm/weights.safetensors"]))
        {
            TensorInfo words = weights.Tensors.First(t => t.Name.EndsWith("word_embeddings.weight", StringComparison.Ordinal));
            Assert.Equal([vocabulary.Pieces.Count, 32], words.Shape);
        }

        RadaptResult inspected = (await RadaptProcess.Run(_folder.Path, "inspect", "mrm/weights.safetensors", "--json")).Expect(0);
        Assert.Equal("Radapt MRM pre-training, epoch 4 of 4, 36 images", (string)inspected.Json["description"]!);
        RadaptResult tuned = (await RadaptProcess.Run(_folder.Path, "finetune", "--data", "phantoms", "--weights", "mrm", "--epochs", "1",
            "--threads", "1", "--precision", "float32", "--products", "linear", "--out", "tuned")).Expect(0);
        Assert.Contains("mean            0.4978", tuned.Output, StringComparison.Ordinal);
        Assert.Contains("std             0.2449", tuned.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Resume_AfterKill_EqualsTheUninterruptedRunBitForBit()
    {
        (await RadaptProcess.Run(_folder.Path, Pretrain("whole"))).Expect(0);
        using (RadaptProcess process = RadaptProcess.Start(_folder.Path, "epoch 2/", Pretrain("broken")))
        {
            process.OnSeen = p => p.Kill();
            await process.End();
        }

        (await RadaptProcess.Run(_folder.Path, "pretrain", "mrm", "--resume", "--out", "broken")).Expect(0);
        foreach (string file in (string[])["weights.safetensors", "tokenizer.json"])
        {
            Assert.Equal(File.ReadAllBytes(_folder[$"whole/{file}"]), File.ReadAllBytes(_folder[$"broken/{file}"]));
        }
    }

    /// <summary>A run whose reports were changed is another run.</summary>
    [Fact]
    public async Task Resume_ReportsChanged_IsRefused()
    {
        using (RadaptProcess process = RadaptProcess.Start(_folder.Path, "epoch 2/", Pretrain("run")))
        {
            process.OnSeen = p => p.Kill();
            await process.End();
        }

        string table = _folder["phantoms/reports.csv"];
        File.WriteAllText(table, File.ReadAllText(table).Replace("view of the chest", "view of the thorax", StringComparison.Ordinal));
        RadaptResult result = (await RadaptProcess.Run(_folder.Path, "pretrain", "mrm", "--resume", "--out", "run")).Expect(2);
        Assert.Contains("data", result.ErrorLine, StringComparison.Ordinal);
    }

    /// <summary>Decoders are taken over where they fit; the report decoder only with the same word pieces.</summary>
    [Fact]
    public async Task Pretrain_FromItsOwnWeights_TakesTheDecodersToo()
    {
        (await RadaptProcess.Run(_folder.Path, Pretrain("first"))).Expect(0);
        string[] again = Pretrain("second", "--weights", "first");
        RadaptResult second = (await RadaptProcess.Run(_folder.Path, again)).Expect(0);
        Assert.Contains("the image decoder goes on from the weights' own.", second.Output, StringComparison.Ordinal);
        Assert.Contains("the report decoder goes on from the weights' own.", second.Output, StringComparison.Ordinal);
        RadaptResult third = (await RadaptProcess.Run(
            _folder.Path, Pretrain("third", "--weights", "first", "--vocabulary-size", "100"))).Expect(0);
        Assert.Contains("the image decoder goes on from the weights' own.", third.Output, StringComparison.Ordinal);
        Assert.Contains("the report decoder starts from random weights.", third.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("There are no reports to learn from; name a table")]
    [InlineData("radapt pretrain mrm takes one REPORTS, not 2", "a.csv", "b.csv")]
    [InlineData("nowhere.csv", "nowhere.csv")]
    [InlineData("phantoms/labels.csv, line 1: a table of reports has the columns 'image' and 'report'", "phantoms/labels.csv")]
    [InlineData("none.txt cannot be read", "phantoms/reports.csv", "--vocabulary", "none.txt")]
    [InlineData("--report-heads: 32 channels cannot be divided among 5 heads", "phantoms/reports.csv", "--report-width", "32",
        "--report-heads", "5")]
    [InlineData("different letters and marks, too many for a vocabulary of 20 pieces", "phantoms/reports.csv", "--vocabulary-size", "20")]
    public async Task Pretrain_WrongInput_SaysWhatAndLeavesNothing(string message, params string[] arguments)
    {
        RadaptResult result = (await RadaptProcess.Run(_folder.Path, ["pretrain", "mrm", .. arguments, "--out", "run"])).Expect(2);
        Assert.Contains(message, result.ErrorLine, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder["run"]));
    }

    private static string[] Pretrain(string run, params string[] more) =>
    [
        "pretrain", "mrm", "phantoms/reports.csv", "--backbone", "vit_tiny_patch16_224", "--image-size", "16", "--patch-size", "4",
        "--depth", "2", "--width", "64", "--heads", "2", "--report-length", "40", "--batch-size", "8", "--lr", "2e-3", "--epochs", "4",
        "--precision", "float32", "--products", "linear", "--threads", "1", "--loader-threads", "1", "--out", run, .. more,
    ];
}
