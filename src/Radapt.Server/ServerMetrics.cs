using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace Radapt.Server;

/// <summary>
/// What the service counts, as instruments of the meter <c>Radapt</c>, which OpenTelemetry exports, and as the text that Prometheus reads.
/// Nothing of an image is in it.
/// </summary>
internal sealed class ServerMetrics : IDisposable
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Radapt";

    private static readonly double[] s_bounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

    private readonly Meter _meter = new(MeterName);
    private readonly Counter<long> _requestCounter;
    private readonly Counter<long> _imageCounter;
    private readonly Histogram<double> _seconds;
    private readonly Lock _lock = new();
    private readonly SortedDictionary<(string Route, int Status), long> _requests = [];
    private readonly SortedDictionary<string, long> _images = new(StringComparer.Ordinal);
    private readonly long[] _buckets = new long[s_bounds.Length + 1];
    private double _sum;
    private int _running;

    public ServerMetrics()
    {
        _requestCounter = _meter.CreateCounter<long>("radapt.requests", description: "Requests answered.");
        _imageCounter = _meter.CreateCounter<long>("radapt.images", description: "Images by what became of them.");
        _seconds = _meter.CreateHistogram<double>("radapt.request.duration", "s", "Time of a request.");
        _meter.CreateObservableGauge("radapt.requests.running", () => Volatile.Read(ref _running), description: "Requests in work.");
    }

    /// <summary>A request begins.</summary>
    public void Begin() => Interlocked.Increment(ref _running);

    /// <summary>A request ended.</summary>
    /// <param name="route">Its route as declared, never the path that was sent.</param>
    /// <param name="status">HTTP status.</param>
    /// <param name="time">How long it took.</param>
    public void End(string route, int status, TimeSpan time)
    {
        Interlocked.Decrement(ref _running);
        _requestCounter.Add(1, new("route", route), new("status", status));
        _seconds.Record(time.TotalSeconds, new KeyValuePair<string, object?>("route", route));
        int bucket = Array.FindIndex(s_bounds, b => time.TotalSeconds <= b);
        lock (_lock)
        {
            _requests[(route, status)] = _requests.GetValueOrDefault((route, status)) + 1;
            _buckets[bucket < 0 ? s_bounds.Length : bucket]++;
            _sum += time.TotalSeconds;
        }
    }

    /// <summary>An image was answered.</summary>
    /// <param name="status"><c>scored</c>, <c>refused</c> or <c>unreadable</c>.</param>
    public void Count(string status)
    {
        _imageCounter.Add(1, new KeyValuePair<string, object?>("status", status));
        lock (_lock)
        {
            _images[status] = _images.GetValueOrDefault(status) + 1;
        }
    }

    /// <summary>All of it in Prometheus' text format 0.0.4.</summary>
    public string Text(int adapters)
    {
        var text = new StringBuilder();
        lock (_lock)
        {
            Head(text, "radapt_requests_total", "counter", "Requests answered.");
            foreach (((string route, int status), long count) in _requests)
            {
                Line(text, $"radapt_requests_total{{route=\"{route}\",status=\"{status}\"}}", count);
            }

            Head(text, "radapt_images_total", "counter", "Images by what became of them.");
            foreach ((string status, long count) in _images)
            {
                Line(text, $"radapt_images_total{{status=\"{status}\"}}", count);
            }

            Head(text, "radapt_request_seconds", "histogram", "Time of a request.");
            long below = 0;
            for (int i = 0; i < s_bounds.Length; i++)
            {
                below += _buckets[i];
                Line(text, $"radapt_request_seconds_bucket{{le=\"{s_bounds[i].ToString(CultureInfo.InvariantCulture)}\"}}", below);
            }

            below += _buckets[^1];
            Line(text, "radapt_request_seconds_bucket{le=\"+Inf\"}", below);
            Line(text, "radapt_request_seconds_sum", _sum);
            Line(text, "radapt_request_seconds_count", below);
        }

        Head(text, "radapt_requests_running", "gauge", "Requests in work.");
        Line(text, "radapt_requests_running", Volatile.Read(ref _running));
        Head(text, "radapt_adapters", "gauge", "Models that can be asked.");
        Line(text, "radapt_adapters", adapters);
        return text.ToString();
    }

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    private static void Head(StringBuilder text, string name, string type, string help) =>
        text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {help}\n# TYPE {name} {type}\n");

    private static void Line(StringBuilder text, string name, double value) =>
        text.Append(CultureInfo.InvariantCulture, $"{name} {value}\n");
}
