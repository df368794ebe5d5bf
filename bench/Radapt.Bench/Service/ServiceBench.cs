using System.Globalization;
using Radapt.Models;

namespace Radapt.Bench.Service;

/// <summary>
/// How fast <c>radapt serve</c> answers while its adapter is being replaced, by how long the first image of a batch waits for others.
/// </summary>
internal sealed class ServiceBench(Action<string> progress)
{
    /// <summary>The small model: the dimensions of <c>phantom-tiny</c>.</summary>
    public static BackboneShape Small { get; } = new(ImageSize: 64, PatchSize: 8, Depth: 4, Width: 128, Heads: 4);

    /// <summary>Clients that ask at the same time.</summary>
    public int Clients { get; init; } = 8;

    /// <summary>Batch windows, milliseconds.</summary>
    public IReadOnlyList<int> Windows { get; init; } = [0, 2, 10];

    /// <summary>Different images.</summary>
    public int Images { get; init; } = 40;

    /// <summary>Side of the images, pixels.</summary>
    public int Side { get; init; } = 256;

    /// <summary>Measures, each window with a service of its own.</summary>
    /// <param name="name">The model, for the table.</param>
    /// <param name="shape">Its dimensions.</param>
    /// <param name="precision">Precision of the run.</param>
    /// <param name="requests">Requests for each window.</param>
    /// <param name="line">Told every line of the table, which is Markdown.</param>
    /// <returns>Whether every request was answered correctly or refused.</returns>
    public async Task<bool> RunAsync(string name, BackboneShape shape, string precision, int requests, Action<string> line)
    {
        progress($"{name}, {precision}: writes two adapters and asks about {Images} images one by one");
        using var model = new ServiceModel(shape, precision, Images, Side);
        line("| model | window, ms | requests | requests/s | p50, ms | p95, ms | p99, ms | swaps | answered | refused | wrong | lost "
            + "| MiB after 10 %, 50 %, all | peak MiB |");
        line("|---|---|---|---|---|---|---|---|---|---|---|---|---|---|");
        bool isRight = true;
        foreach (int window in Windows)
        {
            progress($"{name}: {requests} requests, window {window} ms");
            using ServedProcess server = await ServedProcess.StartAsync(
                model.Run, "--batch-window", Number(window), "--requests-a-minute", "10000000");
            var memory = new SortedDictionary<int, double>();
            using var load = new ServiceLoad(model, server.Address);
            ServiceOutcome outcome = await load.RunAsync(Clients, requests, answered =>
            {
                if (answered == requests / 10 || answered == requests / 2 || answered == requests)
                {
                    lock (memory)
                    {
                        memory[answered] = server.MemoryMib;
                    }
                }
            });
            line($"| {name} | {window} | {requests} | {Number(outcome.RequestsPerSecond)} | {Number(outcome.Percentile(0.5))} "
                + $"| {Number(outcome.Percentile(0.95))} | {Number(outcome.Percentile(0.99))} | {outcome.Swaps} | {outcome.Answered} "
                + $"| {outcome.Refused} | {outcome.Wrong} | {outcome.Lost} | {string.Join(", ", memory.Values.Select(Number))} "
                + $"| {Number(server.PeakMemoryMib)} |");
            isRight &= outcome.Wrong + outcome.Lost == 0;
        }

        return isRight;
    }

    private static string Number(double value) => value.ToString(value < 100 ? "0.#" : "0", CultureInfo.InvariantCulture);
}
