using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Radapt.Adaptation.Lora;
using Radapt.Server;
using Radapt.Tests.Inference;

namespace Radapt.Tests.Server;

/// <summary>The service over TLS, with a certificate that the test makes.</summary>
public sealed class RadaptServerTlsTests(SavedAdapters saved) : IClassFixture<SavedAdapters>
{
    private readonly SavedAdapters _saved = saved;
    private readonly string _adapter = saved.Save(0, new LoraOptions { Rank = 2 });

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    // Beyond this machine, as a hospital would run it.
    [Theory]
    [InlineData("tls.pfx")]
    [InlineData("tls.pem")]
    public async Task Https_KeysAndCertificate_AnswerBeyondLoopbackOnlyWithAKey(string file)
    {
        using X509Certificate2 certificate = Create();
        string keys = _saved[file + ".keys.txt"];
        string key = ApiKeys.Create(keys, KeyRole.Predict, "ward");
        var options = new ServerOptions
        {
            Models = [("first", _adapter)],
            Address = IPAddress.Any,
            Keys = keys,
            Certificate = Write(certificate, file),
        };
        using var handler = new HttpClientHandler
        {
            ServerCertificateCustomValidationCallback = (_, shown, _, _) => shown?.Thumbprint == certificate.Thumbprint,
        };
        await using RunningServer server = await RunningServer.Start(options, handler: handler);
        byte[] image = await File.ReadAllBytesAsync(_saved.Images[0], Cancellation);

        Assert.Equal("https", server.Client.BaseAddress!.Scheme);
        Assert.Equal(200, (await server.Send(HttpMethod.Get, "/health")).Status);
        Assert.Equal(401, (await server.Send(HttpMethod.Post, "/v1/predict", new ByteArrayContent(image))).Status);
        (int status, JsonNode? answer) = await server.Send(HttpMethod.Post, "/v1/predict", new ByteArrayContent(image), key);
        Assert.Equal((200, "scored"), (status, (string)answer!["images"]![0]!["status"]!));
        string own = server.Client.BaseAddress.GetLeftPart(UriPartial.Authority);
        Assert.Equal(200, (await server.Send(HttpMethod.Get, "/v1/adapters", key: key, headers: ("Origin", own))).Status);
        Assert.Equal(403, (await server.Send(
            HttpMethod.Get, "/v1/adapters", key: key, headers: ("Origin", own.Replace("https", "http", StringComparison.Ordinal)))).Status);

        // HTTP/2 is offered; plain HTTP on the same port is not understood, and nothing is answered.
        using var second = new HttpRequestMessage(HttpMethod.Get, "/health")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        using HttpResponseMessage over2 = await server.Client.SendAsync(second, Cancellation);
        Assert.Equal((HttpStatusCode.OK, HttpVersion.Version20), (over2.StatusCode, over2.Version));
        using var plain = new HttpClient { BaseAddress = new Uri(own.Replace("https", "http", StringComparison.Ordinal)) };
        await Assert.ThrowsAsync<HttpRequestException>(() => plain.GetAsync("/health", Cancellation));
    }

    [Fact]
    public async Task Https_CertificateThatAClientDoesNotKnow_IsRefusedByTheClient()
    {
        using X509Certificate2 certificate = Create();
        await using RunningServer server = await RunningServer.Start(new ServerOptions
        {
            Models = [("first", _adapter)],
            Certificate = Write(certificate, "unknown.pfx"),
        });
        var refused = await Assert.ThrowsAsync<HttpRequestException>(() => server.Send(HttpMethod.Get, "/health"));
        Assert.IsType<System.Security.Authentication.AuthenticationException>(refused.InnerException);
    }

    [Theory]
    [InlineData("missing.pfx")]
    [InlineData("damaged.pfx")]
    [InlineData("damaged.pem")]
    [InlineData("without-key.pfx")]
    [InlineData("without-key.pem")]
    public async Task Certificate_ThatCannotBeUsed_IsRefusedInOneLine(string file)
    {
        using X509Certificate2 certificate = Create();
        string path = _saved[file];
        if (file.StartsWith("damaged", StringComparison.Ordinal))
        {
            await File.WriteAllTextAsync(path, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", Cancellation);
        }
        else if (file.StartsWith("without", StringComparison.Ordinal))
        {
            using X509Certificate2 half = X509CertificateLoader.LoadCertificate(certificate.Export(X509ContentType.Cert));
            await File.WriteAllBytesAsync(path, file.EndsWith(".pem", StringComparison.Ordinal)
                ? System.Text.Encoding.ASCII.GetBytes(half.ExportCertificatePem()) : half.Export(X509ContentType.Pkcs12), Cancellation);
        }

        var error = await Assert.ThrowsAsync<RadaptException>(
            () => RunningServer.Start(new ServerOptions { Models = [("first", _adapter)], Certificate = path }));
        Assert.Contains("the certificate and its private key cannot be read", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    private static X509Certificate2 Create()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }

    private string Write(X509Certificate2 certificate, string file)
    {
        string path = _saved[file];
        if (file.EndsWith(".pem", StringComparison.Ordinal))
        {
            using ECDsa key = certificate.GetECDsaPrivateKey()!;
            File.WriteAllText(path, $"{certificate.ExportCertificatePem()}\n{key.ExportPkcs8PrivateKeyPem()}\n");
        }
        else
        {
            File.WriteAllBytes(path, certificate.Export(X509ContentType.Pkcs12));
        }

        return path;
    }
}
