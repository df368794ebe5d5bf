using System.Collections.Concurrent;
using Radapt.Studies;

namespace Radapt.Tests.Studies;

public sealed class JobQueueTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Run_JobsThatWaitForOne_DoesThemAfterIt(int threads)
    {
        var order = new ConcurrentQueue<string>();
        var first = new Job("first", 1, _ => Add("first"));
        Job[] jobs = [new Job("second", 1, _ => Add("second"), first), first, new Job("third", 1, _ => Add("third"), first)];
        var progress = new ConcurrentQueue<JobProgress>();
        new JobQueue(jobs, threads) { OnProgress = progress.Enqueue }.Run(Cancellation);
        Assert.Equal("first", order.First());
        Assert.Equal(3, order.Count);
        Assert.Equal([0, 1, 2, 3], progress.Select(p => p.Done).Order());

        void Add(string name) => order.Enqueue(name);
    }

    [Fact]
    public void Run_JobsOfAnEarlierSession_AreNotDoneAgain()
    {
        var done = new Job("done", 1, _ => Assert.Fail("done again")) { IsDone = true };
        int count = 0;
        new JobQueue([done, new Job("left", 1, _ => count++, done)], 2).Run(Cancellation);
        Assert.Equal(1, count);
    }

    [Fact]
    public void Run_JobFails_StopsTheOthersAndThrowsItsError()
    {
        var begun = new ManualResetEventSlim();
        Job[] jobs =
        [
            new Job("long", 1, stop =>
            {
                begun.Set();
                stop.WaitHandle.WaitOne();
                stop.ThrowIfCancellationRequested();
            }),
            new Job("bad", 1, _ =>
            {
                begun.Wait(Cancellation);
                throw new RadaptException("the disk is full");
            }),
            new Job("never", 1, _ => Assert.Fail("begun after a failure")),
        ];
        Assert.Equal("the disk is full", Assert.Throws<RadaptException>(() => new JobQueue(jobs, 2).Run(Cancellation)).Message);
    }

    [Fact]
    public void Run_Cancelled_Throws()
    {
        using var stop = new CancellationTokenSource();
        Job[] jobs = [new Job("first", 1, _ => stop.Cancel()), new Job("second", 1, _ => Assert.Fail("begun after the end"))];
        Assert.Throws<OperationCanceledException>(() => new JobQueue(jobs, 1).Run(stop.Token));
    }
}
