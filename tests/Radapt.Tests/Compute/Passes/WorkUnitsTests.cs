using Radapt.Compute.Passes;

namespace Radapt.Tests.Compute.Passes;

public class WorkUnitsTests
{
    [Theory]
    [InlineData(0, 2)]
    [InlineData(1, 4)]
    [InlineData(1000, 1)]
    [InlineData(1000, 3)]
    public void Share_AnyThreads_TakesEveryUnitOnce(int count, int threads)
    {
        var taken = new int[count];
        WorkUnits.Share(count, threads, units =>
        {
            while (units.TryTake(out long unit))
            {
                Interlocked.Increment(ref taken[unit]);
            }
        });
        Assert.All(taken, t => Assert.Equal(1, t));
    }
}
