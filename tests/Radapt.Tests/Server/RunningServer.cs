using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Radapt.Server;

namespace Radapt.Tests.Server;

/// <summary>A service on a free port of this machine, and clients that speak to it through real sockets.</summary>
internal sealed class RunningServer : IAsyncDisposable
{
    private readonly RadaptServer _server;

    private RunningServer(RadaptServer server) => _server = server;

    /// <summary>A client without a key.</summary>
    public HttpClient Client { get; private set; } = null!;

    public static async Task<RunningServer> Start(ServerOptions options, ILoggerProvider? log = null, HttpMessageHandler? handler = null)
    {
        var server = log is null ? new RadaptServer(options with { Port = 0 })
            : new RadaptServer(options with { Port = 0 }, LogLevel.Trace, log);
        await server.StartAsync(TestContext.Current.CancellationToken);
        var address = new UriBuilder(server.Url);
        address.Host = address.Host is "0.0.0.0" or "[::]" ? "localhost" : address.Host;
        return new RunningServer(server) { Client = new HttpClient(handler ?? new HttpClientHandler()) { BaseAddress = address.Uri } };
    }

    /// <summary>Asks, and reads the answer as JSON.</summary>
    public async Task<(int Status, JsonNode? Json)> Send(HttpMethod method, string path, HttpContent? content = null, string? key = null,
        params (string Name, string Value)[] headers)
    {
        using HttpResponseMessage response = await Ask(method, path, content, key, headers);
        string text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return ((int)response.StatusCode, text.Length > 0 && text[0] is '{' or '[' ? JsonNode.Parse(text) : null);
    }

    public async Task<HttpResponseMessage> Ask(HttpMethod method, string path, HttpContent? content = null, string? key = null,
        params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        request.Headers.Authorization = key is null ? null : new AuthenticationHeaderValue("Bearer", key);
        foreach ((string name, string value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await Client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _server.DisposeAsync();
    }

    /// <summary>Images as the parts of a form.</summary>
    public static MultipartFormDataContent Form(IEnumerable<string> images)
    {
        var form = new MultipartFormDataContent();
        foreach (string image in images)
        {
            form.Add(new ByteArrayContent(File.ReadAllBytes(image)), "image", Path.GetFileName(image));
        }

        return form;
    }
}
