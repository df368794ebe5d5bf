using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Radapt.Adaptation.Lora;
using Radapt.Bench.Service;
using Radapt.Imaging.Dicom;
using Radapt.Models;
using Radapt.Server;
using Radapt.TestData.Dicom;
using Radapt.Tests.Inference;

namespace Radapt.Tests.Server;

/// <summary>What somebody would send who means harm. docs/server.md has the table of these tests.</summary>
public sealed class RadaptServerAttackTests(SavedAdapters saved) : IClassFixture<SavedAdapters>
{
    private static readonly BackboneShape s_tiny = new(16, 4, 3, 32, 2);

    private readonly SavedAdapters _saved = saved;
    private readonly string _adapter = saved.Save(0, new LoraOptions { Rank = 2 });

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private ServerOptions Options => new() { Models = [("first", _adapter)], Patience = TimeSpan.FromSeconds(2) };

    // Through a socket: an HTTP client would tidy such requests up.
    [Theory]
    [InlineData("GET /../../etc/passwd HTTP/1.1\r\nHost: localhost\r\n\r\n", 404)]
    [InlineData("GET /%2e%2e/%2e%2e/etc/passwd HTTP/1.1\r\nHost: localhost\r\n\r\n", 404)]
    [InlineData("GET /..%5c..%5cwindows%5cwin.ini HTTP/1.1\r\nHost: localhost\r\n\r\n", 404)]
    [InlineData("GET //etc/passwd HTTP/1.1\r\nHost: localhost\r\n\r\n", 404)]
    [InlineData("GET /index.html%00.js HTTP/1.1\r\nHost: localhost\r\n\r\n", 400)]
    [InlineData("GET /openapi/..%2f..%2fv1.json HTTP/1.1\r\nHost: localhost\r\n\r\n", 404)]
    [InlineData("DELETE /v1/adapters/..%2ffirst HTTP/1.1\r\nHost: localhost\r\n\r\n", 404)]
    [InlineData("POST /v1/predict?adapter=..%2f..%2ffirst HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n\r\nx", 404)]
    [InlineData("GET /v1/adapters HTTP/1.1\r\n\r\n", 400)]
    [InlineData("GET /v1/adapters HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n", 400)]
    [InlineData("GET http://evil.example/v1/adapters HTTP/1.1\r\nHost: localhost\r\n\r\n", 400)]
    [InlineData("POST /v1/predict HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\nContent-Length: 40\r\n\r\nGET ", 400)]
    [InlineData("POST /v1/predict HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n", 400)]
    [InlineData("GET /health HTTP/1.1\r\nHost : localhost\r\n\r\n", 400)]
    [InlineData("GET /health HTTP/9.9\r\nHost: localhost\r\n\r\n", 505)]
    [InlineData("TRACE /v1/predict HTTP/1.1\r\nHost: localhost\r\n\r\n", 405)]
    [InlineData("\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03", 400)]
    public async Task RawRequests_ThatMeanHarm_AreRefused(string request, int status)
    {
        await using RunningServer server = await RunningServer.Start(Options);
        Assert.StartsWith($"HTTP/1.1 {status} ", await Send(server, Encoding.Latin1.GetBytes(request)), StringComparison.Ordinal);
        Assert.Equal(200, (await server.Send(HttpMethod.Get, "/health")).Status);
        Assert.Equal(200, (await server.Send(HttpMethod.Post, "/v1/predict", RunningServer.Form([_saved.Images[0]]))).Status);
    }

    [Theory]
    [InlineData("line", 414)]
    [InlineData("header", 431)]
    [InlineData("many headers", 431)]
    public async Task RawRequests_ThatAreTooLong_AreRefused(string what, int status)
    {
        await using RunningServer server = await RunningServer.Start(Options);
        string request = what switch
        {
            "line" => $"GET /{new string('a', 10_000)} HTTP/1.1\r\nHost: localhost\r\n\r\n",
            "header" => $"GET /health HTTP/1.1\r\nHost: localhost\r\nX: {new string('a', 20_000)}\r\n\r\n",
            _ => $"GET /health HTTP/1.1\r\nHost: localhost\r\n{string.Concat(Enumerable.Range(0, 200).Select(i => $"X{i}: a\r\n"))}\r\n",
        };
        Assert.StartsWith($"HTTP/1.1 {status} ", await Send(server, Encoding.ASCII.GetBytes(request)), StringComparison.Ordinal);
        Assert.Equal(200, (await server.Send(HttpMethod.Get, "/health")).Status);
    }

    // Small files that would be large pictures. 8 at once, in a process whose memory can be told from the tests'.
    [Fact]
    public async Task Bombs_ManyAtOnce_AreRefusedOrReadWithinTheLimitOfMemory()
    {
        byte[] large = Picture(9990), huge = Picture(20_000);
        byte[] endless = new DicomWriter().Text(DicomTag.Modality, "CS", "DX").Element(DicomTag.PixelData, "OW", new byte[200 << 20])
            .ToFile(DicomWriter.Deflated);
        byte[] enlarged = Enlarged(DicomPhantom.Draw(40, 40, 12, 1).ToFile("explicit"));
        Assert.All(new[] { large, huge, endless, enlarged }, b => Assert.InRange(b.Length, 1, 4 << 20));

        using var model = new ServiceModel(s_tiny, "float32", images: 4, side: 32);
        using ServedProcess server = await ServedProcess.StartAsync(model.Run);
        using var client = new HttpClient { BaseAddress = server.Address };
        string[] statuses = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => Ask((i % 4) switch
        {
            0 => large,
            1 => huge,
            2 => endless,
            _ => enlarged,
        })));

        // A picture below the limit of pixels is read, and refused because it is blank.
        Assert.Equal(["refused", "unreadable", "unreadable", "unreadable"], statuses[..4]);
        Assert.All(statuses.Chunk(4), four => Assert.Equal(statuses[..4], four));
        Assert.InRange(server.PeakMemoryMib, 1, 2048);
        Assert.Equal("scored", await Ask(model.Images[0]));

        async Task<string> Ask(byte[] content)
        {
            using var body = new ByteArrayContent(content);
            using HttpResponseMessage response = await client.PostAsync("/v1/predict", body, Cancellation);
            JsonNode answer = JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancellation))!;
            Assert.True(response.IsSuccessStatusCode, answer.ToJsonString());
            return (string)answer["images"]![0]!["status"]!;
        }
    }

    // Kill -9 during load: the next start is clean, and nothing of the first is left behind.
    [Fact]
    public async Task Killed_DuringLoad_StartsAgainAndTidiesUp()
    {
        using var folder = new TemporaryFolder();
        using var model = new ServiceModel(s_tiny, "float32", images: 4, side: 32);
        using (ServedProcess first = await Start())
        {
            using var load = new ServiceLoad(model, first.Address);
            ServiceOutcome outcome = await load.RunAsync(clients: 4, requests: 200, answered =>
            {
                if (answered == 60)
                {
                    first.Kill();
                }
            });
            Assert.Equal((0, 200), (outcome.Wrong, outcome.Answered + outcome.Refused + outcome.Lost));
            Assert.InRange(outcome.Lost, 1, 140);
            string left = Assert.Single(Directory.GetDirectories(folder.Path, "radapt-serve-*"));
            Assert.NotEmpty(Directory.GetFiles(left, "*.safetensors")); // the adapter that was uploaded
        }

        using ServedProcess second = await Start();
        Assert.Single(Directory.GetDirectories(folder.Path, "radapt-serve-*"));
        Assert.Empty(Directory.GetFiles(folder.Path, "*.safetensors", SearchOption.AllDirectories));
        using var more = new ServiceLoad(model, second.Address);
        ServiceOutcome again = await more.RunAsync(clients: 4, requests: 40);
        Assert.Equal((0, 0), (again.Wrong, again.Lost));
        using ServedProcess third = await Start(); // beside one that runs, whose folder stays
        Assert.Equal(2, Directory.GetDirectories(folder.Path, "radapt-serve-*").Length);

        Task<ServedProcess> Start() => ServedProcess.StartAsync(
            start =>
            {
                foreach (string variable in new[] { "TMPDIR", "TEMP", "TMP" })
                {
                    start.Environment[variable] = folder.Path;
                }
            }, model.Run);
    }

    // The first line of the answer.
    private static async Task<string> Send(RunningServer server, byte[] request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", server.Client.BaseAddress!.Port, Cancellation);
        NetworkStream stream = client.GetStream();
        await stream.WriteAsync(request, Cancellation);
        using var reader = new StreamReader(stream, Encoding.Latin1);
        return await reader.ReadLineAsync(Cancellation) ?? "";
    }

    private static byte[] Picture(int side)
    {
        using var black = NetVips.Image.Black(side, side);
        return black.PngsaveBuffer(compression: 9);
    }

    // The header says 65535 x 65535 pixels.
    private static byte[] Enlarged(byte[] file)
    {
        foreach (byte element in new byte[] { 0x10, 0x11 }) // Rows, Columns
        {
            int at = file.AsSpan().IndexOf(new byte[] { 0x28, 0, element, 0, (byte)'U', (byte)'S', 2, 0 });
            file.AsSpan(at + 8, 2).Fill(0xFF);
        }

        return file;
    }
}
