using Radapt.Bench.Service;
using Radapt.Models;

namespace Radapt.Tests.Benchmarks;

public sealed class ServiceBenchTests
{
    private static readonly BackboneShape s_shape = new(16, 4, 3, 32, 2);

    [Fact]
    public async Task Run_TinyModel_EveryRequestIsAnsweredAsAloneOrRefused()
    {
        var lines = new List<string>();
        var bench = new ServiceBench(_ => { }) { Clients = 4, Windows = [1], Images = 8, Side = 32 };
        Assert.True(await bench.RunAsync("tiny", s_shape, "float32", requests: 400, lines.Add));
        string[] cells = lines[^1].Split('|', StringSplitOptions.TrimEntries);
        Assert.Equal(["396", "4", "0", "0"], cells[9..13]);
    }

    // What finds wrong answers must be able to find one.
    [Fact]
    public async Task Load_ServiceThatAnswersOtherwise_IsCountedAsWrong()
    {
        using var model = new ServiceModel(s_shape, "float32", images: 8, side: 32);
        using ServedProcess server = await ServedProcess.StartAsync(model.Run);
        model.Expected[0][2][1] += 1e-9; // asked of the adapter that stays: requests 2, 10 and 18
        using var load = new ServiceLoad(model, server.Address);
        ServiceOutcome outcome = await load.RunAsync(clients: 2, requests: 20);
        Assert.Equal((17, 3, 0), (outcome.Answered, outcome.Wrong, outcome.Lost));
        Assert.True(outcome.Percentile(0.5) <= outcome.Percentile(0.99));
    }

    [Fact]
    public async Task Load_ServiceThatIsGone_LosesRequestsAndSaysSo()
    {
        using var model = new ServiceModel(s_shape, "float32", images: 4, side: 32);
        using ServedProcess server = await ServedProcess.StartAsync(model.Run);
        using var load = new ServiceLoad(model, server.Address);
        ServiceOutcome outcome = await load.RunAsync(clients: 2, requests: 40, answered =>
        {
            if (answered == 10)
            {
                server.Kill();
            }
        });
        Assert.Equal(40, outcome.Answered + outcome.Wrong + outcome.Lost);
        Assert.InRange(outcome.Lost, 1, 30);
    }
}
