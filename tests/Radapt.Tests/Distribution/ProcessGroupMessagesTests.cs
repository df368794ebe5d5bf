using System.Text;
using Radapt.Distribution;
using static TorchSharp.torch;

namespace Radapt.Tests.Distribution;

public sealed class ProcessGroupMessagesTests
{
    [Fact]
    public void Share_Text_ReachesAllRanks()
    {
        string[] texts = new string[3];
        ThreadGroup.Run(3, group => texts[group.Rank] = group.Share(group.Rank == 0 ? "lungs: é ≥ 1" : "mine"));
        Assert.All(texts, t => Assert.Equal("lungs: é ≥ 1", t));
        Assert.Equal("alone", SingleProcess.Instance.Share("alone"));
    }

    [Fact]
    public void CollectDealt_BlocksOfDifferentLength_AreInTheirOrder()
    {
        int[] lengths = [2, 1, 0, 3, 1];
        float[][] collected = new float[2][];
        ThreadGroup.Run(2, group => collected[group.Rank] =
            group.CollectDealt(group.Rank == 0 ? [0, 1, 9] : [2, 3, 4, 5], lengths));
        Assert.All(collected, c => Assert.Equal([0, 1, 2, 3, 4, 5, 9], c));
    }

    [Fact]
    public void Together_RanksThatFail_TheFirstIsReportedByRank0Once()
    {
        Exception?[] errors = ThreadGroup.Run(4, group => group.Together(() =>
        {
            if (group.Rank >= 2)
            {
                throw new RadaptException($"scan-{group.Rank}.png cannot be read.");
            }
        }));
        Assert.Matches(@"^rank 2 of 4 \(on .+\): scan-2\.png cannot be read\.$", Assert.IsType<RadaptException>(errors[0]).Message);
        Assert.All(errors[1..], e => Assert.IsAssignableFrom<OperationCanceledException>(e));
    }

    [Fact]
    public void Together_Rank0Fails_ItsOwnMessageIsReported()
    {
        Exception?[] errors = ThreadGroup.Run(2, group => group.Together(() => throw new RadaptException($"no file {group.Rank}")));
        Assert.Equal("no file 0", errors[0]!.Message);
    }

    [Fact]
    public void Synchronise_RankWithOtherBits_TakesThoseOfRank0AndSaysSo()
    {
        float[][] values = new float[3][];
        string[][] notes = new string[3][];
        ThreadGroup.Run(3, group =>
        {
            using Tensor shared = tensor(new[] { 1f, 2f });
            using Tensor other = tensor(group.Rank == 2 ? [3f, 4.0000005f] : new[] { 3f, 4f });
            var replicas = new Replicas(group, [shared, other]);
            replicas.Synchronise();
            replicas.Synchronise(); // nothing differs any more
            values[group.Rank] = other.data<float>().ToArray();
            notes[group.Rank] = [.. replicas.Notes];
        }).ToList().ForEach(Assert.Null);
        Assert.All(values, v => Assert.Equal([3f, 4f], v));
        Assert.All(notes, n => Assert.Contains(
            "after 1 epoch all ranks took the tensors of rank 0", Assert.Single(n), StringComparison.Ordinal));
    }

    [Fact]
    public void GatherAll_BytesOfDifferentNumber_AreThoseOfEachRank()
    {
        byte[][] gathered = [];
        ThreadGroup.Run(3, group =>
        {
            byte[][] all = group.GatherAll(Encoding.UTF8.GetBytes(new string('x', group.Rank * 2)));
            if (group.Rank == 1)
            {
                gathered = all;
            }
        });
        Assert.Equal(["", "xx", "xxxx"], gathered.Select(Encoding.UTF8.GetString));
    }
}
