using System.Net;
using System.Net.Http.Headers;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Radapt.Pacs.Sending;

/// <summary>Sends instances to an archive by DICOMweb (STOW-RS; PS3.18, 10.5). Redirections are not followed, since credentials would
/// be.</summary>
internal sealed class StowClient : IDisposable
{
    private const string Dicom = "application/dicom";
    private const string Json = "application/dicom+json";
    private const string FailedInstances = "00081198", FailureReason = "00081197";
    private const int LongestReply = 1 << 20;

    private readonly HttpClient _client;
    private readonly StowTarget _target;

    /// <param name="target">Where to, and as whom.</param>
    /// <param name="handler">What carries requests; null: the network.</param>
    public StowClient(StowTarget target, HttpMessageHandler? handler = null)
    {
        _target = target;
        _client = new HttpClient(handler ?? Handler(target))
        {
            Timeout = TimeSpan.FromMinutes(2),
            MaxResponseContentBufferSize = LongestReply,
        };
        _client.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue(Json));
        _client.DefaultRequestHeaders.Authorization = target.Credentials;
    }

    /// <summary>Sends one instance.</summary>
    /// <param name="file">A DICOM file.</param>
    /// <param name="cancellation">Gives it up.</param>
    public async Task<StowReply> SendAsync(byte[] file, CancellationToken cancellation)
    {
        string boundary = $"radapt-{Guid.NewGuid():N}";
        using var body = new MultipartContent("related", boundary);
        body.Headers.ContentType = new MediaTypeHeaderValue("multipart/related")
        {
            Parameters = { new NameValueHeaderValue("type", $"\"{Dicom}\""), new NameValueHeaderValue("boundary", boundary) },
        };
        var part = new ByteArrayContent(file);
        part.Headers.ContentType = new MediaTypeHeaderValue(Dicom);
        body.Add(part);
        try
        {
            using HttpResponseMessage response = await _client.PostAsync(_target.Address, body, cancellation).ConfigureAwait(false);
            string text = response.IsSuccessStatusCode || response.StatusCode == HttpStatusCode.Conflict
                ? await response.Content.ReadAsStringAsync(cancellation).ConfigureAwait(false) : "";
            return Reply(response, text);
        }
        catch (HttpRequestException e)
        {
            return new StowReply(StowOutcome.Unavailable, e.InnerException is AuthenticationException
                ? "its certificate is not trusted. Give the certificate of its authority with --stow-ca FILE."
                : $"it cannot be reached ({e.HttpRequestError}). Check the address and the network.");
        }
        catch (TaskCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return new StowReply(StowOutcome.Unavailable, $"it did not answer within {_client.Timeout.TotalSeconds:0} s.");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private static SocketsHttpHandler Handler(StowTarget target)
    {
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) };
        if (target.Authorities is { } authorities)
        {
            var policy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck, // an archive's own authority seldom publishes lists
            };
            policy.CustomTrustStore.AddRange(authorities);
            handler.SslOptions.CertificateChainPolicy = policy;
        }

        return handler;
    }

    private static StowReply Reply(HttpResponseMessage response, string text)
    {
        int status = (int)response.StatusCode;
        TimeSpan? later = response.Headers.RetryAfter is { } after ? after.Delta ?? (after.Date - DateTimeOffset.UtcNow) : null;
        return response.StatusCode switch
        {
            HttpStatusCode.OK or HttpStatusCode.Accepted => FailureOf(text) is { } failure
                ? new StowReply(StowOutcome.Rejected, $"it did not store the instance (failure reason {failure}, PS3.18, table 10.5.3-1).")
                : new StowReply(StowOutcome.Stored),
            HttpStatusCode.Conflict => new StowReply(StowOutcome.Rejected,
                $"it did not store the instance (failure reason {FailureOf(text) ?? "not stated"}, PS3.18, table 10.5.3-1)."),
            HttpStatusCode.BadRequest or HttpStatusCode.RequestEntityTooLarge or HttpStatusCode.UnsupportedMediaType
                or HttpStatusCode.UnprocessableEntity =>
                new StowReply(StowOutcome.Rejected, $"it does not accept the instance (HTTP {status})."),
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => new StowReply(StowOutcome.Unavailable,
                $"it refused the credentials (HTTP {status}). Give others with --stow-credentials FILE, and start again.", later),
            HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed => new StowReply(StowOutcome.Unavailable,
                $"there is no STOW-RS service at this address (HTTP {status}). Check --stow.", later),
            _ when status is >= 300 and < 400 => new StowReply(StowOutcome.Unavailable,
                $"it sends to another address (HTTP {status}), which is not followed. Give that address with --stow.", later),
            _ => new StowReply(StowOutcome.Unavailable, $"it cannot store instances at the moment (HTTP {status}).", later),
        };
    }

    // The reason for the first failed instance as hexadecimal digits; null: none failed, or the answer is not DICOM JSON.
    private static string? FailureOf(string text)
    {
        try
        {
            JsonNode? reason = JsonNode.Parse(text)?[FailedInstances]?["Value"]?[0]?[FailureReason]?["Value"]?[0];
            return reason is JsonValue value && value.TryGetValue(out int number) ? $"{number:X4}" : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentOutOfRangeException)
        {
            return null;
        }
    }
}
