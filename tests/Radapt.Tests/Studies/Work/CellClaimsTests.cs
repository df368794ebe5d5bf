using System.Collections.Concurrent;
using System.Text.Json;
using Radapt.Runs;
using Radapt.Studies.Work;

namespace Radapt.Tests.Studies.Work;

public sealed class CellClaimsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private CellClaims Claims => new(_folder["claims"]);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void TryTake_TakenCell_IsLeftToItsOwnerUntilGivenUp()
    {
        using (CellClaim? first = Claims.TryTake("a"))
        {
            Assert.NotNull(first);
            Assert.Null(Claims.TryTake("a"));
            using CellClaim? other = Claims.TryTake("a.b"); // another cell
            Assert.NotNull(other);
        }

        Assert.Empty(Directory.GetFiles(_folder["claims"]));
        Claims.TryTake("a")!.Dispose();
    }

    [Fact]
    public void TryTake_ProcessThatEnded_IsSucceededAtOnce()
    {
        Write("a@1", ProcessOwner.This with { ProcessId = int.MaxValue });
        using CellClaim? claim = Claims.TryTake("a");
        Assert.NotNull(claim);
        Assert.Equal(["a@2"], Directory.GetFiles(_folder["claims"]).Select(Path.GetFileName));
    }

    [Fact]
    public void Clear_CellThatIsDone_RemovesWhatEndedProcessesLeftAndNothingElse()
    {
        Write("a@1", ProcessOwner.This with { ProcessId = int.MaxValue });
        Write("ab@1", ProcessOwner.This with { ProcessId = int.MaxValue });
        using CellClaim? other = Claims.TryTake("b");
        Claims.Clear("a");
        Claims.Clear("b");
        Assert.Equal(["ab@1", "b@1"], Directory.GetFiles(_folder["claims"]).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void TryTake_OtherMachine_IsSucceededOnceItsHeartbeatStandsStill()
    {
        Write("a@1", ProcessOwner.This with { Host = "another" });
        var watch = new SetWatch();
        var claims = new CellClaims(_folder["claims"]) { Patience = TimeSpan.FromSeconds(50), Watch = watch };
        Assert.Null(claims.TryTake("a"));
        watch.Seconds = 51;
        File.SetLastWriteTimeUtc(_folder["claims/a@1"], DateTime.UtcNow.AddHours(-5)); // its clock may be wrong; it beats
        Assert.Null(claims.TryTake("a"));
        watch.Seconds = 101;
        Assert.Null(claims.TryTake("a"));
        watch.Seconds = 102;
        using CellClaim? claim = claims.TryTake("a");
        Assert.NotNull(claim);
    }

    [Fact]
    public void Heartbeat_ClaimThatAnotherProcessTookOver_IsLost()
    {
        using CellClaim claim = new CellClaims(_folder["claims"]) { Interval = TimeSpan.FromMilliseconds(20) }.TryTake("a")!;
        DateTime begun = File.GetLastWriteTimeUtc(_folder["claims/a@1"]);
        SpinWait.SpinUntil(() => File.GetLastWriteTimeUtc(_folder["claims/a@1"]) > begun);
        Assert.False(claim.Lost.IsCancellationRequested);
        Write("a@2", ProcessOwner.This with { Host = "another" });
        claim.Lost.WaitHandle.WaitOne();
    }

    // Each cell is held by one thread at a time, however many want it and though claims are left behind again and again.
    [Fact]
    public void TryTake_ManyThreads_NeverShareACell()
    {
        var held = new ConcurrentDictionary<string, int>();
        int taken = 0, shared = 0;
        Parallel.For(0, 8, new ParallelOptions { MaxDegreeOfParallelism = 8 }, worker =>
        {
            var random = new Random(worker);
            var claims = Claims;
            for (int i = 0; i < 300; i++)
            {
                string cell = $"c{random.Next(3)}";
                if (claims.TryTake(cell) is { } claim)
                {
                    shared += held.TryAdd(cell, worker) ? 0 : 1;
                    Interlocked.Increment(ref taken);
                    Thread.Yield();
                    held.TryRemove(cell, out _);
                    claim.Dispose();
                }
            }
        });
        Assert.Equal(0, shared);
        Assert.True(taken > 100, $"{taken} taken");
    }

    private sealed class SetWatch : TimeProvider
    {
        public long Seconds { get; set; }

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => Seconds;
    }

    private void Write(string name, ProcessOwner owner)
    {
        Directory.CreateDirectory(_folder["claims"]);
        File.WriteAllText(_folder["claims/" + name], JsonSerializer.Serialize(owner, RunFolder.Json));
    }
}
