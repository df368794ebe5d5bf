using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Radapt.Bench.Service;

/// <summary>What became of the requests.</summary>
/// <param name="Answered">Answers that equal what an adapter says of the image alone, bit for bit.</param>
/// <param name="Refused">Malformed requests that were refused as they must be.</param>
/// <param name="Wrong">Answers that are neither.</param>
/// <param name="Lost">Requests without an answer.</param>
/// <param name="Swaps">How often the adapter was replaced meanwhile.</param>
/// <param name="Seconds">From the first request to the last answer.</param>
/// <param name="Milliseconds">Of every answered request, in order.</param>
internal sealed record ServiceOutcome(
    int Answered, int Refused, int Wrong, int Lost, int Swaps, double Seconds, IReadOnlyList<double> Milliseconds)
{
    /// <summary>All requests that got an answer, per second.</summary>
    public double RequestsPerSecond => (Answered + Refused + Wrong) / Seconds;

    /// <summary>The time within which a share of the requests was answered, by the nearest rank.</summary>
    public double Percentile(double share) =>
        Milliseconds.Count == 0 ? double.NaN : Milliseconds[Math.Max(0, (int)Math.Ceiling(share * Milliseconds.Count) - 1)];
}

/// <summary>
/// Clients that ask a service about images at the same time, each as fast as it is answered. One request in a hundred is malformed. Half of
/// them ask a model that stays, half one whose adapter is replaced again and again.
/// </summary>
internal sealed class ServiceLoad(ServiceModel model, Uri address) : IDisposable
{
    private const int MalformedEvery = 100;
    private const string Staying = "first"; // the name of the run's folder
    private const string Swapped = "swapped";
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1); // between swaps

    private readonly HttpClient _client = new() { BaseAddress = address };

    /// <summary>Asks.</summary>
    /// <param name="clients">Requests under way at once.</param>
    /// <param name="requests">Requests of all clients together.</param>
    /// <param name="onRequest">Told the number of each answered request.</param>
    public async Task<ServiceOutcome> RunAsync(int clients, int requests, Action<int>? onRequest = null)
    {
        await SwapAsync(0);
        foreach (string name in new[] { Staying, Swapped }) // warm both models
        {
            await AskAsync(name, 0);
        }

        var counts = new ConcurrentDictionary<string, int>();
        var times = new ConcurrentBag<double>();
        int begun = -1, answered = 0, swaps = 0;
        using var done = new CancellationTokenSource();
        Task swapping = Task.Run(async () =>
        {
            for (int i = 1; !done.IsCancellationRequested; i++)
            {
                try
                {
                    await SwapAsync(i % model.Adapters.Count);
                }
                catch (HttpRequestException)
                {
                    return; // the service has ended: every request from now on is lost
                }

                swaps++;
                await Task.Delay(s_pause, done.Token).ContinueWith(static _ => { }, TaskScheduler.Default);
            }
        });
        long start = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, clients).Select(_ => Task.Run(async () =>
        {
            for (int number; (number = Interlocked.Increment(ref begun)) < requests;)
            {
                bool isMalformed = number % MalformedEvery == MalformedEvery / 2;
                long asked = Stopwatch.GetTimestamp();
                string outcome = await TryAsync(() => isMalformed ? AskMalformedAsync(number) : AskAsync(
                    number % 2 == 0 ? Staying : Swapped, number % model.Images.Count));
                counts.AddOrUpdate(outcome, 1, static (_, n) => n + 1);
                if (outcome == nameof(ServiceOutcome.Answered))
                {
                    times.Add(Stopwatch.GetElapsedTime(asked).TotalMilliseconds);
                }

                onRequest?.Invoke(Interlocked.Increment(ref answered));
            }
        })));
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        await done.CancelAsync();
        await swapping;
        return new ServiceOutcome(
            Count(nameof(ServiceOutcome.Answered)), Count(nameof(ServiceOutcome.Refused)), Count(nameof(ServiceOutcome.Wrong)),
            Count(nameof(ServiceOutcome.Lost)), swaps, seconds, [.. times.Order()]);

        int Count(string outcome) => counts.GetValueOrDefault(outcome);
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private static async Task<string> TryAsync(Func<Task<bool?>> ask)
    {
        try
        {
            return await ask() switch
            {
                true => nameof(ServiceOutcome.Answered),
                null => nameof(ServiceOutcome.Refused),
                false => nameof(ServiceOutcome.Wrong),
            };
        }
        catch (HttpRequestException)
        {
            return nameof(ServiceOutcome.Lost);
        }
    }

    // True: the answer equals what an adapter that may answer says of the image alone.
    private async Task<bool?> AskAsync(string name, int image)
    {
        using var body = new ByteArrayContent(model.Images[image]);
        using HttpResponseMessage response = await _client.PostAsync($"/v1/predict?adapter={name}", body);
        if (!response.IsSuccessStatusCode)
        {
            return false;
        }

        var answer = JsonNode.Parse(await response.Content.ReadAsStringAsync());
        double[] said =
        [
            .. answer!["images"]![0]!["results"]![0]!["findings"]!.AsArray().Select(f => (double)f!["probability"]!),
        ];
        IEnumerable<IReadOnlyList<double[]>> allowed = name == Staying ? model.Expected.Take(1) : model.Expected;
        return allowed.Any(a => a[image].AsSpan().SequenceEqual(said));
    }

    // Null: it was refused as it must be.
    private async Task<bool?> AskMalformedAsync(int number)
    {
        byte[] image = model.Images[0];
        (string adapter, HttpContent body, int status) = (number / MalformedEvery % 4) switch
        {
            0 => (Staying, new ByteArrayContent(image[..(image.Length / 2)]), 200), // its image is called unreadable
            1 => (Swapped, new StringContent("not an image"), 200),
            2 => (Staying, new MultipartFormDataContent { { new StringContent("x"), "another" } }, 400),
            _ => ("missing", (HttpContent)new ByteArrayContent(image), 404),
        };
        using (body)
        {
            using HttpResponseMessage response = await _client.PostAsync($"/v1/predict?adapter={adapter}", body);
            string text = await response.Content.ReadAsStringAsync();
            bool isRefused = (int)response.StatusCode == status
                && text.Contains(status == 200 ? "\"unreadable\"" : "\"detail\"", StringComparison.Ordinal);
            return isRefused ? null : false;
        }
    }

    private async Task SwapAsync(int adapter)
    {
        using var body = new ByteArrayContent(model.Adapters[adapter]);
        using HttpResponseMessage response = await _client.PutAsync($"/v1/adapters/{Swapped}", body);
        response.EnsureSuccessStatusCode();
    }
}
