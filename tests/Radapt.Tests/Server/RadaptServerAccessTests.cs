using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Radapt.Adaptation.Lora;
using Radapt.Server;
using Radapt.Tests.Inference;

namespace Radapt.Tests.Server;

/// <summary>Who may use the service, and how much of it.</summary>
public sealed class RadaptServerAccessTests(SavedAdapters saved) : IClassFixture<SavedAdapters>
{
    private readonly SavedAdapters _saved = saved;
    private readonly string _first = saved.Save(0, new LoraOptions { Rank = 2 });
    private readonly string _second = saved.Save(1, new LoraOptions { Rank = 3 });

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private ServerOptions Options => new() { Models = [("first", _first), ("second", _second)], Patience = TimeSpan.FromSeconds(2) };

    // DNS rebinding, CSRF and cross-origin
    [Theory]
    [InlineData("Host", "evil.example", 421)]
    [InlineData("Origin", "https://evil.example", 403)]
    [InlineData("Origin", "null", 403)]
    [InlineData("Sec-Fetch-Site", "cross-site", 403)]
    [InlineData("Sec-Fetch-Site", "same-site", 403)]
    [InlineData("Sec-Fetch-Site", "same-origin", 200)]
    public async Task Requests_OfForeignPages_AreRefused(string header, string value, int status)
    {
        await using RunningServer server = await RunningServer.Start(Options);
        Assert.Equal(status, (await server.Send(
            HttpMethod.Post, "/v1/predict", RunningServer.Form([_saved.Images[0]]), null, (header, value))).Status);
        string own = server.Client.BaseAddress!.GetLeftPart(UriPartial.Authority);
        Assert.Equal(200, (await server.Send(HttpMethod.Get, "/v1/adapters", null, null, ("Origin", own))).Status);
        using HttpResponseMessage page = await server.Ask(HttpMethod.Get, "/");
        Assert.Equal(200, (int)page.StatusCode);
        Assert.StartsWith("default-src 'none'", page.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.False(page.Headers.Contains("Server"));
        Assert.False(page.Headers.Contains("Access-Control-Allow-Origin"));
    }

    [Fact]
    public async Task Keys_Roles_DecideWhatMayBeDone()
    {
        string keys = _saved["keys.txt"];
        string predict = ApiKeys.Create(keys, KeyRole.Predict, "ward"), manage = ApiKeys.Create(keys, KeyRole.Manage, "it");
        Assert.DoesNotContain(predict, await File.ReadAllTextAsync(keys, Cancellation), StringComparison.Ordinal);
        await using RunningServer server = await RunningServer.Start(Options with { Models = [("first", _first)], Keys = keys });
        byte[] adapter = await File.ReadAllBytesAsync(_second, Cancellation);
        byte[] image = await File.ReadAllBytesAsync(_saved.Images[0], Cancellation);
        foreach (string? wrong in new[] { null, "", "0", predict + "0", new string('f', 64) })
        {
            Assert.Equal(401, (await server.Send(HttpMethod.Get, "/v1/adapters", key: wrong)).Status);
            Assert.Equal(401, (await server.Send(HttpMethod.Get, "/metrics", key: wrong)).Status);
            Assert.Equal(401, (await server.Send(HttpMethod.Put, "/v1/adapters/a", new ByteArrayContent(adapter), wrong)).Status);
        }

        Assert.Equal(200, (await server.Send(HttpMethod.Post, "/v1/predict", new ByteArrayContent(image), predict)).Status);
        Assert.Equal(403, (await server.Send(HttpMethod.Put, "/v1/adapters/a", new ByteArrayContent(adapter), predict)).Status);
        Assert.Equal(403, (await server.Send(HttpMethod.Delete, "/v1/adapters/first", key: predict)).Status);
        Assert.Equal(200, (await server.Send(HttpMethod.Get, "/health")).Status);

        (int created, JsonNode? entry) = await server.Send(HttpMethod.Put, "/v1/adapters/a", new ByteArrayContent(adapter), manage);
        Assert.Equal((201, "a"), (created, (string)entry!["name"]!));
        Assert.Equal(200, (await server.Send(HttpMethod.Put, "/v1/adapters/a", new ByteArrayContent(adapter), manage)).Status);
        (_, JsonNode? answer) = await server.Send(HttpMethod.Post, "/v1/predict?adapter=a", new ByteArrayContent(image), predict);
        Assert.Equal(2, answer!["images"]![0]!["results"]![0]!["findings"]!.AsArray().Count);
        Assert.Equal(204, (await server.Send(HttpMethod.Delete, "/v1/adapters/a", key: manage)).Status);
        Assert.Equal(404, (await server.Send(HttpMethod.Post, "/v1/predict?adapter=a", new ByteArrayContent(image), predict)).Status);
    }

    [Fact]
    public async Task Limits_RateAndConcurrency_AreKept()
    {
        await using RunningServer server = await RunningServer.Start(Options with { RequestsAMinute = 5, ConcurrentRequests = 1 });
        var statuses = new List<int>();
        for (int i = 0; i < 12; i++)
        {
            statuses.Add((await server.Send(HttpMethod.Get, "/v1/adapters")).Status);
        }

        Assert.Contains(200, statuses);
        Assert.Contains(429, statuses); // a new minute may begin meanwhile
        Assert.Equal(200, (await server.Send(HttpMethod.Get, "/health")).Status);
    }

    // Slow-loris: what is begun and not finished is closed.
    [Theory]
    [InlineData("GET /health HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")]
    [InlineData("POST /v1/predict HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nx")]
    public async Task SlowRequests_AreClosed(string begun)
    {
        await using RunningServer server = await RunningServer.Start(Options);
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", server.Client.BaseAddress!.Port, Cancellation);
        NetworkStream stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(begun), Cancellation);
        var answer = new MemoryStream();
        try
        {
            await stream.CopyToAsync(answer, Cancellation); // ends because the service closes it
        }
        catch (IOException)
        {
            // reset: closed, too
        }

        Assert.DoesNotContain(" 200 ", Encoding.ASCII.GetString(answer.ToArray()), StringComparison.Ordinal);
        Assert.Equal(200, (await server.Send(HttpMethod.Get, "/health")).Status);
    }

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("10.0.0.5")]
    [InlineData("::")]
    public void Options_BeyondThisMachineWithoutKeysAndTls_AreRefused(string address)
    {
        ServerOptions open = Options with { Address = System.Net.IPAddress.Parse(address) };
        Assert.Contains("--i-know-what-i-do", Assert.Throws<RadaptException>(open.RequireSafe).Message, StringComparison.Ordinal);
        Assert.Throws<RadaptException>((open with { Keys = "keys.txt" }).RequireSafe);
        Assert.Throws<RadaptException>((open with { Certificate = "a.pfx" }).RequireSafe);
        (open with { Keys = "keys.txt", Certificate = "a.pfx" }).RequireSafe();
        (open with { TakesTheRisk = true }).RequireSafe();
    }
}
