using System.Text;
using Radapt.Pacs;
using Radapt.Pacs.Watching;
using Radapt.TestData.Dicom;
using Radapt.Tests.Pacs.Results;

namespace Radapt.Tests.Pacs.Watching;

public sealed class FolderWatchTests : IDisposable
{
    private static readonly TimeSpan s_settle = TimeSpan.FromSeconds(2);

    private readonly TemporaryFolder _folder = new();
    private readonly HandClock _clock = new();
    private readonly ReportEachImage _analysis = new();
    private readonly List<WatchEntry> _entries = [];

    public FolderWatchTests()
    {
        Directory.CreateDirectory(_folder["in/ward"]);
        Directory.CreateDirectory(_folder["out"]);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Scan_CompleteFile_IsTakenOnceWhateverHappensLater()
    {
        Write("ward/a", 1);
        Session(watch =>
        {
            Assert.Equal(1, watch.Scan(default)); // it may still be written
            Assert.Empty(Results());
            _clock.Advance(s_settle);
            Assert.Equal(0, watch.Scan(default));
            Assert.Equal(0, watch.Scan(default));
        });
        Session(watch => Settled(watch));
        Assert.Equal(1, _analysis.Calls);
        Assert.Single(Results());
        Assert.Equal((WatchOutcome.Done, 1), (Assert.Single(_entries).Outcome, _entries[0].Results));
    }

    [Fact]
    public void Scan_FileThatGrows_WaitsUntilItDoesNotChange()
    {
        byte[] image = Image(1);
        File.WriteAllBytes(_folder["in/a"], image[..1000]);
        Session(watch =>
        {
            watch.Scan(default);
            _clock.Advance(s_settle / 2);
            File.WriteAllBytes(_folder["in/a"], image);
            Assert.Equal(1, watch.Scan(default));
            _clock.Advance(s_settle / 2);
            Assert.Equal(1, watch.Scan(default));
            Assert.Equal(0, _analysis.Calls);
            _clock.Advance(s_settle / 2);
            Assert.Equal(0, watch.Scan(default));
        });
        Assert.Single(Results());
    }

    [Theory]
    [InlineData("a.tmp")]
    [InlineData("a.dcm.part")]
    [InlineData(".a")]
    public void Scan_NameOfAnUnfinishedFile_IsLeftAloneUntilItIsRenamed(string name)
    {
        Write(name, 1);
        Session(watch =>
        {
            Settled(watch);
            Assert.Empty(_entries);
            File.Move(_folder[$"in/{name}"], _folder["in/b"]);
            Settled(watch);
            Assert.Equal(WatchOutcome.Done, Assert.Single(_entries).Outcome);
        });
    }

    [Fact]
    public void Scan_FilesWithoutResults_AreListedAndLeftInPlace()
    {
        File.WriteAllText(_folder["in/note.txt"], "no image");
        File.WriteAllBytes(_folder["in/cut"], Image(1)[..700]);
        Write("lateral", 2, i => i with { View = "LL" });
        Write("bug", 3, i => i with { PatientId = ReportEachImage.Bug });
        File.WriteAllBytes(_folder["in/empty"], []);
        Session(Settled, removesDone: true);
        Assert.Equal(
            [(WatchOutcome.Refused, "view"), (WatchOutcome.Failed, ""), (WatchOutcome.Failed, "bug"), (WatchOutcome.Failed, "empty"),
                (WatchOutcome.Skipped, "")],
            _entries.Select(e => (e.Outcome, new[] { "bug", "empty", "view" }
                .FirstOrDefault(w => e.Reason?.Contains(w, StringComparison.Ordinal) == true, ""))).Order());
        Assert.All(_entries.Where(e => e.Outcome == WatchOutcome.Failed), e => Assert.NotEmpty(e.Reason!));
        Assert.Equal(5, Directory.GetFiles(_folder["in"]).Length);
        Assert.Equal(5, Journal().Count(l => !l.Contains("\"begun\"", StringComparison.Ordinal)));

        _entries.Clear();
        Session(Settled);
        Assert.Empty(_entries);
        Session(Settled, retriesFailed: true);
        Assert.All(_entries, e => Assert.Equal(WatchOutcome.Failed, e.Outcome));
        Assert.Equal(3, _entries.Count);
        File.WriteAllBytes(_folder["in/cut"], Image(1));
        _entries.Clear();
        Session(Settled);
        Assert.Equal(WatchOutcome.Done, Assert.Single(_entries).Outcome); // a file that has changed is taken again
    }

    [Fact]
    public void Scan_Names_AreNeitherInMessagesNorInTheJournalNorInResults()
    {
        Write("Doe_Jane.dcm", 1);
        File.WriteAllBytes(_folder["in/Doe_John.dcm"], Image(2)[..700]);
        Session(Settled);
        Assert.All(_entries, e => Assert.StartsWith("sha256:", e.File, StringComparison.Ordinal));
        Assert.DoesNotContain("Doe", string.Concat(Journal()) + string.Concat(Results()), StringComparison.Ordinal);
        string sum = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(_folder["in/Doe_John.dcm"])));
        Assert.Contains(_entries, e => e.Outcome == WatchOutcome.Failed && e.File == $"sha256:{sum[..12]}");

        Write("other/Doe_Jane.dcm", 3);
        Session(Settled, plainNames: true);
        Assert.Contains(_entries, e => e.File == "other/Doe_Jane.dcm");
    }

    [Fact]
    public void Scan_SameImageUnderTwoNames_HasOneSetOfResults()
    {
        Write("a", 1);
        Write("b", 1);
        Session(Settled);
        Assert.Equal([0, 1], _entries.Select(e => e.Results).Order());
        Assert.Single(Results());
    }

    [Fact]
    public void Scan_RemoveDone_EmptiesTheFolder()
    {
        Write("a", 1);
        Write("ward/b", 2);
        Session(Settled, removesDone: true);
        Assert.Empty(Directory.GetFiles(_folder["in"], "*", SearchOption.AllDirectories));
        Assert.Equal(2, Results().Length);
    }

    [Fact]
    public void Open_TornJournal_TakesTheFileAgainAndHasTheSameResults()
    {
        Write("a", 1);
        Write("b", 2);
        Session(Settled);
        byte[][] before = [.. Results().Select(File.ReadAllBytes)];
        string journal = _folder["out/watch.jsonl"];
        File.WriteAllText(journal, File.ReadAllText(journal)[..^20]);
        _entries.Clear();
        Session(Settled);
        Assert.Equal((WatchOutcome.Done, 0), (Assert.Single(_entries).Outcome, _entries[0].Results));
        Assert.Equal(before, Results().Select(File.ReadAllBytes));
    }

    [Fact]
    public void Open_FileThatEndedTheProcessThreeTimes_IsGivenUpAndListed()
    {
        Write("a", 1);
        for (int i = 0; i < 3; i++)
        {
            _analysis.EndsProcess = true;
            Assert.Throws<OperationCanceledException>(() => Session(Settled)); // as a process that ends: no line follows
        }

        _analysis.EndsProcess = false;
        Session(Settled);
        Assert.Empty(_entries);
        Assert.Contains("radapt ended 3 times", string.Concat(Journal()), StringComparison.Ordinal);
        Session(Settled, retriesFailed: true);
        Assert.Equal(WatchOutcome.Done, Assert.Single(_entries).Outcome);
    }

    [Fact]
    public void Forget_ManyFilesThatAreGone_KeepsJournalAndMemorySmall()
    {
        using (var journal = WatchJournal.Open(_folder["out"], retriesFailed: false))
        {
            for (int i = 0; i < 5000; i++)
            {
                journal.Add(new WatchEntry($"{i:x32}", i == 0 ? WatchOutcome.Failed : WatchOutcome.Done));
            }

            journal.Forget([$"{4999:x32}"]);
            Assert.Equal(1, journal.Count);
            Assert.True(journal.Has($"{4999:x32}"));
        }

        Assert.Equal(2, Journal().Length); // the failure stays listed
    }

    [Fact]
    public void Open_SecondWatch_IsRefused()
    {
        using var first = WatchJournal.Open(_folder["out"], retriesFailed: false);
        RadaptException error = Assert.Throws<RadaptException>(() => WatchJournal.Open(_folder["out"], retriesFailed: false));
        Assert.Contains("Another radapt", error.Message, StringComparison.Ordinal);
    }

    private static byte[] Image(int number, Func<DicomPhantom, DicomPhantom>? change = null)
    {
        DicomPhantom image = Phantoms.Image() with { InstanceUid = $"1.2.826.0.1.3680043.8.498.{number}" };
        return (change?.Invoke(image) ?? image).ToFile("explicit");
    }

    private void Write(string name, int number, Func<DicomPhantom, DicomPhantom>? change = null)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder[$"in/{name}"])!);
        File.WriteAllBytes(_folder[$"in/{name}"], Image(number, change));
    }

    private string[] Results() => [.. Directory.GetFiles(_folder["out"], "*.dcm").Order(StringComparer.Ordinal)];

    private string[] Journal() => File.ReadAllLines(_folder["out/watch.jsonl"], Encoding.UTF8);

    private void Settled(FolderWatch watch)
    {
        watch.Scan(default);
        _clock.Advance(s_settle);
        watch.Scan(default);
    }

    private void Session(Action<FolderWatch> work, bool removesDone = false, bool retriesFailed = false, bool plainNames = false)
    {
        using var journal = WatchJournal.Open(_folder["out"], retriesFailed);
        var options = new WatchOptions(_folder["in"]) { Settle = s_settle, RemovesDone = removesDone, PlainNames = plainNames };
        var results = new ResultFolder(_folder["out"], sends: false);
        work(new FolderWatch(options, _analysis, results, journal, _clock) { OnFile = _entries.Add });
    }

    // Reports without a model.
    private sealed class ReportEachImage : IInstanceAnalysis
    {
        public const string Bug = "BUG";

        public int Calls { get; private set; }

        public bool EndsProcess { get; set; }

        public InstanceResults Analyse(byte[] file, string name)
        {
            Calls++;
            return EndsProcess ? throw new OperationCanceledException()
                : Encoding.Latin1.GetString(file).Contains(Bug, StringComparison.Ordinal) ? throw new NotSupportedException()
                : Encoding.Latin1.GetString(file).Contains("LL", StringComparison.Ordinal)
                ? new InstanceResults([], ["view LAT, not frontal"])
                : new InstanceResults([Phantoms.Report(Named(file, name))], []);
        }

        // As the analysis names places, and with the pixels looked at.
        private static byte[] Named(byte[] file, string name)
        {
            _ = Radapt.Imaging.RadiographReader.Read(file, name);
            return file;
        }
    }
}

/// <summary>Time that passes when it is told to.</summary>
internal sealed class HandClock : TimeProvider
{
    private DateTimeOffset _now = Phantoms.Now;

    public override DateTimeOffset GetUtcNow() => _now;

    public override long GetTimestamp() => _now.Ticks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public void Advance(TimeSpan time) => _now += time;
}
