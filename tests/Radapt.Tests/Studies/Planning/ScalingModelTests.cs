using Radapt.Studies.Planning;

namespace Radapt.Tests.Studies.Planning;

public sealed class ScalingModelTests
{
    [Fact]
    public void Makespan_LongestFirst_FillsTheOthersBesideIt() =>
        Assert.Equal(TimeSpan.FromHours(6), ScalingModel.Makespan(Hours(1, 2, 3, 6), 2));

    [Fact]
    public void Time_MoreRunsThanCores_IsTheirWorkAtTheEfficiency() =>
        Assert.Equal(10 / ScalingModel.Efficiency, ScalingModel.Time(Hours([.. Enumerable.Repeat(1.0, 160)]), 1, 16).TotalHours, 1e-9);

    [Fact]
    public void Time_OneRun_GainsByAmdahl() =>
        Assert.Equal(10 * (0.05 + (0.95 / 16)), ScalingModel.Time(Hours(10), 1, 16).TotalHours, 1e-9);

    [Fact]
    public void Time_RunsOfSeveralThreads_TakeTheirCores()
    {
        Assert.Equal(2, ScalingModel.SideBySide(9, 8, 16));
        Assert.Equal(2 / ScalingModel.Efficiency, ScalingModel.Time(Hours(1, 1, 1, 1), 8, 16).TotalHours, 1e-9);
    }

    [Fact]
    public void Time_OneRunWithTheThreadsItWasMeasuredWith_IsItsTime() =>
        Assert.Equal(3, ScalingModel.Time(Hours(3), 16, 16).TotalHours, 1e-9);

    private static TimeSpan[] Hours(params double[] hours) => [.. hours.Select(TimeSpan.FromHours)];
}
