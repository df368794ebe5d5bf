using System.Diagnostics;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Serialization;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Metrics;
using BadHttpRequestException = Microsoft.AspNetCore.Http.BadHttpRequestException;

namespace Radapt.Server;

/// <summary>The service: one process, one or several models, HTTP.</summary>
internal sealed class RadaptServer : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly ServedModels _models;
    private readonly ServerMetrics _metrics = new();

    /// <summary>Builds it; nothing listens yet.</summary>
    /// <param name="options">What it serves, to whom.</param>
    /// <param name="logLevel">What is logged.</param>
    /// <param name="logTo">Gets the log; null: the console.</param>
    /// <exception cref="RadaptException">It would be open by accident, or a key or certificate cannot be read.</exception>
    public RadaptServer(ServerOptions options, LogLevel logLevel = LogLevel.Warning, ILoggerProvider? logTo = null)
    {
        options.RequireSafe();
        ApiKeys? keys = options.Keys is { } file ? ApiKeys.Read(file) : null;
        X509Certificate2? certificate = options.Certificate is { } path ? ReadCertificate(path) : null;
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.SetMinimumLevel(logLevel);
        _ = logTo is null ? builder.Logging.AddSimpleConsole(c => c.SingleLine = true) : builder.Logging.AddProvider(logTo);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => Limit(kestrel, options, certificate));
        builder.Services.AddRoutingCore();
        builder.Services.AddProblemDetails();
        builder.Services.AddOpenApi("v1", o => ApiDescription.Describe(o, needsKey: keys is not null));
        builder.Services.AddRequestTimeouts(t => t.DefaultPolicy = new RequestTimeoutPolicy
        {
            Timeout = options.RequestTime,
            TimeoutStatusCode = StatusCodes.Status503ServiceUnavailable,
            WriteTimeoutResponse = context => Problems.From(new OperationCanceledException()).ExecuteAsync(context),
        });
        builder.Services.AddRateLimiter(r => Limit(r, options));
        builder.Services.ConfigureHttpJsonOptions(j =>
            j.SerializerOptions.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull);
        if (Environment.GetEnvironmentVariable("OTEL_EXPORTER_OTLP_ENDPOINT") is { Length: > 0 })
        {
            builder.Services.AddOpenTelemetry().WithMetrics(m => m.AddMeter(ServerMetrics.MeterName).AddOtlpExporter());
        }

        _application = builder.Build();
        ILogger log = _application.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Radapt");
        _application.Use((context, next) => Measure(context, next, log));
        _models = new ServedModels(options, log);
        var guard = new RequestGuard(options, keys);
        _application.Use((context, next) => guard.Invoke(context, next));
        _application.UseRouting();
        _application.UseRateLimiter();
        _application.UseRequestTimeouts();
        new Endpoints(_models, options, _metrics).Map(_application);
        _application.MapOpenApi("/openapi/{documentName}.json");
        Page.Map(_application);
    }

    /// <summary>Where it listens, once it does.</summary>
    public string Url => _application.Urls.First();

    /// <summary>Opens the models and listens; before that, <c>/ready</c> says that it is starting.</summary>
    /// <exception cref="RadaptException">A model cannot be opened, or the port is taken.</exception>
    public async Task StartAsync(CancellationToken cancellation)
    {
        try
        {
            await _application.StartAsync(cancellation);
        }
        catch (IOException e)
        {
            throw new RadaptException($"The service cannot listen: {e.Message} Choose another --port.", e);
        }

        await _models.OpenAsync(cancellation);
    }

    /// <summary>Serves until it is cancelled, then answers what was asked.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        await Task.Delay(Timeout.Infinite, cancellation).ContinueWith(static _ => { }, TaskScheduler.Default);
        await _application.StopAsync(CancellationToken.None);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _application.StopAsync();
        await _models.DisposeAsync();
        await _application.DisposeAsync();
        _metrics.Dispose();
    }

    // Slow and large requests end early: at least 240 bytes a second, headers within 10 seconds.
    private static void Limit(KestrelServerOptions kestrel, ServerOptions options, X509Certificate2? certificate)
    {
        kestrel.AddServerHeader = false;
        KestrelServerLimits limits = kestrel.Limits;
        limits.MaxRequestBodySize = Math.Max(options.AdapterBytes, (options.ImageBytes + 4096) * options.ImagesOfARequest);
        limits.MinRequestBodyDataRate = new MinDataRate(bytesPerSecond: 240, gracePeriod: options.Patience);
        limits.MinResponseDataRate = new MinDataRate(bytesPerSecond: 240, gracePeriod: options.Patience);
        limits.RequestHeadersTimeout = options.Patience;
        limits.KeepAliveTimeout = TimeSpan.FromSeconds(60);
        limits.MaxConcurrentConnections = 16 * options.ConcurrentRequests;
        limits.MaxRequestHeadersTotalSize = 16 << 10;
        limits.MaxRequestLineSize = 4 << 10;
        limits.Http2.MaxStreamsPerConnection = options.ConcurrentRequests;
        kestrel.Listen(options.Address, options.Port, listen =>
        {
            if (certificate is not null)
            {
                listen.UseHttps(certificate);
            }
        });
    }

    private static void Limit(Microsoft.AspNetCore.RateLimiting.RateLimiterOptions limiter, ServerOptions options)
    {
        limiter.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
        limiter.OnRejected = async (rejected, _) =>
        {
            rejected.HttpContext.Response.Headers.RetryAfter = "1";
            await Problems.Result(StatusCodes.Status429TooManyRequests, "Too many requests; try again in a moment.")
                .ExecuteAsync(rejected.HttpContext);
        };
        limiter.GlobalLimiter = PartitionedRateLimiter.CreateChained(
            PartitionedRateLimiter.Create<HttpContext, string>(context => IsWork(context)
                ? RateLimitPartition.GetFixedWindowLimiter(
                    context.User.Identity?.Name ?? context.Connection.RemoteIpAddress?.ToString() ?? "",
                    _ => new FixedWindowRateLimiterOptions { PermitLimit = options.RequestsAMinute, Window = TimeSpan.FromMinutes(1) })
                : RateLimitPartition.GetNoLimiter("")),
            PartitionedRateLimiter.Create<HttpContext, string>(context => IsWork(context)
                ? RateLimitPartition.GetConcurrencyLimiter("", _ => new ConcurrencyLimiterOptions
                {
                    PermitLimit = options.ConcurrentRequests,
                    QueueLimit = options.ConcurrentRequests,
                })
                : RateLimitPartition.GetNoLimiter("")));
    }

    private static bool IsWork(HttpContext context) => context.Request.Path.StartsWithSegments("/v1");

    // The framework would log an exception with its message, which may hold what somebody sent.
    private async Task Measure(HttpContext context, RequestDelegate next, ILogger log)
    {
        long start = Stopwatch.GetTimestamp();
        _metrics.Begin();
        try
        {
            await next(context);
        }
#pragma warning disable CA1031 // whoever asked gets it as a problem
        catch (Exception e) when (!context.Response.HasStarted)
#pragma warning restore CA1031
        {
            if (e is not (RadaptException or BadHttpRequestException or OperationCanceledException or ObjectDisposedException))
            {
                log.LogError("A request failed: {Type}\n{Stack}", e.GetType().FullName, e.StackTrace);
            }

            await Problems.From(e).ExecuteAsync(context);
        }
        finally
        {
            string route = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "none";
            _metrics.End(route, context.Response.StatusCode, Stopwatch.GetElapsedTime(start));
        }
    }

    private static X509Certificate2 ReadCertificate(string file)
    {
        try
        {
            string? password = Environment.GetEnvironmentVariable("RADAPT_CERTIFICATE_PASSWORD");
            if (Path.GetExtension(file) is ".pem" or ".crt")
            {
                using X509Certificate2 pem = password is null ? X509Certificate2.CreateFromPemFile(file)
                    : X509Certificate2.CreateFromEncryptedPemFile(file, password);
                return X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null);
            }

            X509Certificate2 certificate = X509CertificateLoader.LoadPkcs12FromFile(file, password);
            return certificate.HasPrivateKey ? certificate
                : throw new System.Security.Cryptography.CryptographicException("There is no private key.");
        }
        catch (Exception e) when (e is System.Security.Cryptography.CryptographicException or IOException or UnauthorizedAccessException
            or ArgumentException)
        {
            throw new RadaptException(
                $"{file}: the certificate and its private key cannot be read. Give a .pfx, or a .pem that holds both; a password is taken "
                    + "from the environment variable RADAPT_CERTIFICATE_PASSWORD.", e);
        }
    }
}
