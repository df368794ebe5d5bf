using System.Text;
using Radapt.Runs.Predictions;

namespace Radapt.Tests.Runs.Predictions;

public sealed class PredictionJournalTests : IDisposable
{
    private const int Batch = 4;
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact] // WORKFLOW B6
    public void Open_CutAtAnyByte_KeepsWholeBatchesOfWholeRows()
    {
        PredictionRow[] rows =
            [.. Enumerable.Range(0, 10).Select(i => new PredictionRow($"ü{i}.png", PredictionStatus.Ok, "", [i / 7.0], null, []))];
        using (PredictionJournal journal = Open("a"))
        {
            journal.Append(rows);
        }

        string path = PredictionJournal.PathFor(_folder["t.csv"]);
        byte[] whole = File.ReadAllBytes(path);
        for (int cut = 0; cut <= whole.Length; cut += 3)
        {
            File.WriteAllBytes(path, [.. whole[..cut], .. new byte[cut % 2 == 0 ? 0 : 40]]); // a power cut may leave zeros
            int lines = Encoding.UTF8.GetString(whole[..cut]).Count(c => c == '\n');
            using PredictionJournal journal = Open("a", replaces: lines == 0); // without its first line it is nobody's
            Assert.Equal(Math.Max(0, lines - 1) / Batch * Batch, journal.Rows);
            Assert.Equal(rows[..journal.Rows].Select(r => (r.Image, r.Probabilities![0])),
                journal.Read().Select(r => (r.Image, r.Probabilities![0])));
        }
    }

    [Fact]
    public void Open_OfAnotherPrediction_IsRefusedUnlessItMayBeReplaced()
    {
        Open("a").Dispose();
        Open("b").Dispose(); // nothing was predicted yet: nothing is lost (WORKFLOW B6)
        using (PredictionJournal begun = Open("a"))
        {
            begun.Append([new PredictionRow("a.png", PredictionStatus.Ok, "", [0.5], null, [])]);
        }

        string message = Assert.Throws<RadaptException>(() => Open("b")).Message;
        Assert.Contains("t.csv.part: contains an unfinished prediction with other images, runs or options", message, StringComparison.Ordinal);
        using PredictionJournal replaced = Open("b", replaces: true);
        Assert.Equal(0, replaced.Rows);
    }

    [Theory]
    [InlineData("not ours")]
    [InlineData("not ours\n")]
    [InlineData("{\"a\":1}\n")]
    public void Open_FileOfSomethingElse_IsRefused(string content)
    {
        string path = PredictionJournal.PathFor(_folder["t.csv"]);
        File.WriteAllText(path, content);
        Assert.Throws<RadaptException>(() => Open("a"));
        Assert.Equal(content, File.ReadAllText(path));
    }

    [Fact]
    public void Open_WhileAnotherWrites_IsRefused()
    {
        using PredictionJournal journal = Open("a");
        Assert.Contains("Another radapt may be at work", Assert.Throws<RadaptException>(() => Open("a")).Message, StringComparison.Ordinal);
    }

    private PredictionJournal Open(string fingerprint, bool replaces = false) =>
        PredictionJournal.Open(_folder["t.csv"], fingerprint, Batch, replaces);
}
