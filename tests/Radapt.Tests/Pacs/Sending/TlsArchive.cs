using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Radapt.Tests.Pacs.Sending;

/// <summary>A server with a certificate of its own authority that answers every request with "stored".</summary>
internal sealed class TlsArchive : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly X509Certificate2 _certificate;
    private readonly Task _serving;

    public TlsArchive()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using X509Certificate2 made = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        _certificate = X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null); // Windows serves no other
        _listener.Start();
        _serving = Serve();
    }

    /// <summary>The certificate in PEM format.</summary>
    public string Authority => _certificate.ExportCertificatePem();

    /// <summary>Where it is.</summary>
    public string Address => $"https://localhost:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    public void Dispose()
    {
        _listener.Stop();
        _serving.Wait(TestContext.Current.CancellationToken);
        _certificate.Dispose();
    }

    private async Task Serve()
    {
        while (true)
        {
            try
            {
                using TcpClient client = await _listener.AcceptTcpClientAsync();
                await using var stream = new SslStream(client.GetStream());
                await stream.AuthenticateAsServerAsync(_certificate);
                using var reader = new StreamReader(stream, Encoding.Latin1);
                string? line;
                do
                {
                    line = await reader.ReadLineAsync();
                }
                while (line is not null && !(line is ['-', '-', ..] && line is [.., '-', '-']));

                await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"u8.ToArray());
            }
            catch (Exception e) when (e is IOException or AuthenticationException)
            {
                // a client that did not trust the certificate
            }
            catch (Exception e) when (e is SocketException or InvalidOperationException)
            {
                return; // stopped
            }
        }
    }
}
