using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.Extensions.Logging;
using Radapt.Adaptation.Lora;
using Radapt.Bench.Service;
using Radapt.Imaging.Dicom;
using Radapt.Models;
using Radapt.Server;
using Radapt.TestData.Dicom;
using Radapt.Tests.Inference;

namespace Radapt.Tests.Server;

/// <summary>A patient's name, ID and date of birth, sent in every way there is: the service keeps and repeats none of it.</summary>
public sealed class RadaptServerPrivacyTests(SavedAdapters saved) : IClassFixture<SavedAdapters>
{
    private const string Name = "ZWEIFELSOHNE";
    private const string Id = "QX8812773";
    private const string Birth = "19010203";
    private static readonly string[] s_secrets = [Name, Id, Birth];

    // Text that a damaged or careless file may have where something else belongs.
    private static readonly DicomTag[] s_texts =
    [
        DicomTag.Modality, DicomTag.ViewPosition, DicomTag.StudyDate, DicomTag.SpecificCharacterSet, DicomTag.StudyInstanceUid,
        DicomTag.SopInstanceUid, DicomTag.AccessionNumber, DicomTag.BodyPart, DicomTag.Photometric, DicomTag.Frames,
        DicomTag.WindowCenter, DicomTag.WindowWidth, DicomTag.RescaleSlope, DicomTag.RescaleIntercept, DicomTag.VoiFunction,
        DicomTag.PresentationLutShape, DicomTag.Manufacturer,
    ];

    private readonly SavedAdapters _saved = saved;
    private readonly string _adapter = saved.Save(0, new LoraOptions { Rank = 2 });

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Requests_WithAPatientsData_LogMetricsTracesAndAnswersHoldNoneOfIt()
    {
        using var log = new KeptLog();
        using var traces = new KeptTraces();
        string keys = Path.Combine(Directory.CreateDirectory(_saved[Name + "-" + Id]).FullName, Birth + ".txt");
        string key = ApiKeys.Create(keys, KeyRole.Manage, "ward");
        var options = new ServerOptions { Models = [("first", _adapter)], Keys = keys, RequestsAMinute = 1_000_000, ImageBytes = 100_000 };
        var answers = new StringBuilder();
        await using (RunningServer server = await RunningServer.Start(options, log))
        {
            foreach (byte[] image in Images())
            {
                await Keep(HttpMethod.Post, "/v1/predict", Form(image));
                await Keep(HttpMethod.Post, "/v1/predict?all=true", new ByteArrayContent(image));
                await Keep(HttpMethod.Post, "/v1/pixels", new ByteArrayContent(image));
                await Keep(HttpMethod.Post, "/v1/heatmap?adapter=first&method=rollout", new ByteArrayContent(image));
                await Keep(HttpMethod.Put, "/v1/adapters/second", new ByteArrayContent(image));
            }

            // Parts with other names, too many bytes, and a form that ends in the middle.
            byte[] sound = Phantom().ToFile("explicit");
            await Keep(HttpMethod.Post, "/v1/predict", new MultipartFormDataContent { { new ByteArrayContent(sound), Name, Id + ".dcm" } });
            await Keep(HttpMethod.Post, "/v1/predict", new ByteArrayContent([.. sound, .. new byte[100_000]]));
            byte[] form = await Form(sound).ReadAsByteArrayAsync(Cancellation);
            var cut = new ByteArrayContent(form[..^200]);
            cut.Headers.ContentType = MediaTypeHeaderValue.Parse("multipart/form-data; boundary=b");
            await Keep(HttpMethod.Post, "/v1/predict", cut);
            await Keep(HttpMethod.Get, "/metrics", null);

            async Task Keep(HttpMethod method, string path, HttpContent? content)
            {
                using HttpResponseMessage response = await server.Ask(method, path, content, key);
                answers.Append(response.Headers).Append(await response.Content.ReadAsStringAsync(Cancellation)).AppendLine();
            }
        }

        Assert.Contains("/v1/predict", log.Text, StringComparison.Ordinal); // it has seen the requests
        Assert.Contains("/v1/predict", traces.Text, StringComparison.Ordinal);
        Assert.Contains("\"scored\"", answers.ToString(), StringComparison.Ordinal);
        foreach (string secret in s_secrets)
        {
            Assert.DoesNotContain(secret, answers.ToString(), StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain(secret, log.Text, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain(secret, traces.Text, StringComparison.OrdinalIgnoreCase);
        }
    }

    [Fact]
    public async Task ServedProcess_WithAPatientsData_WritesNothingToDiskOrConsole()
    {
        using var model = new ServiceModel(new BackboneShape(16, 4, 3, 32, 2), "float32", images: 4, side: 32);
        using var folder = new TemporaryFolder();
        string[] places = [.. new[] { "work", "temp", "home" }.Select(n => Directory.CreateDirectory(folder[n]).FullName)];
        string before = Directory.GetCurrentDirectory();
        var seen = new ConcurrentQueue<string>();
        string said;
        using (var watcher = new FileSystemWatcher(folder.Path) { IncludeSubdirectories = true })
        using (ServedProcess server = await ServedProcess.StartAsync(
            start =>
            {
                start.WorkingDirectory = places[0];
                foreach (string variable in new[] { "TMPDIR", "TEMP", "TMP", "ASPNETCORE_TEMP" })
                {
                    start.Environment[variable] = places[1];
                }

                foreach (string variable in new[] { "HOME", "USERPROFILE", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME" })
                {
                    start.Environment[variable] = places[2];
                }
            }, model.Run, "--verbose"))
        {
            watcher.Created += (_, e) => seen.Enqueue(e.FullPath);
            watcher.Changed += (_, e) => seen.Enqueue(e.FullPath);
            watcher.EnableRaisingEvents = true;
            using var client = new HttpClient { BaseAddress = server.Address };
            foreach (byte[] image in Images())
            {
                using HttpResponseMessage predicted = await client.PostAsync("/v1/predict", Form(image), Cancellation);
                using HttpResponseMessage shown = await client.PostAsync("/v1/pixels", Form(image), Cancellation);
            }

            // A form of many megabytes, which the framework's own reader would write to a file.
            byte[] large = (Phantom(1500) with { Bits = 16 }).ToFile("explicit");
            using HttpResponseMessage answer = await client.PostAsync("/v1/predict", Form(large), Cancellation);
            Assert.Contains("\"scored\"", await answer.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);

            // Killed, so that it cannot tidy up: whatever it has written is there.
            said = server.Kill();
        }

        Assert.Contains("/v1/predict", said, StringComparison.Ordinal); // --verbose logs requests
        Assert.All(s_secrets, s => Assert.DoesNotContain(s, said, StringComparison.OrdinalIgnoreCase));
        Assert.Equal(before, Directory.GetCurrentDirectory());
        Assert.All(seen, path => Assert.False(File.Exists(path) && new FileInfo(path).Length > 0, path));
        string[] files =
        [
            .. Directory.EnumerateFiles(folder.Path, "*", SearchOption.AllDirectories).Where(f => new FileInfo(f).Length > 0),
        ];
        Assert.All(files, f => Assert.All(
            s_secrets, s => Assert.DoesNotContain(s, File.ReadAllText(f, Encoding.Latin1), StringComparison.Ordinal)));
        Assert.DoesNotContain(files, f => f.StartsWith(places[0], StringComparison.Ordinal));
    }

    private static DicomPhantom Phantom(int side = 40) => DicomPhantom.Draw(side, side, 12, 1) with
    {
        PatientName = Name + "^Ottokar",
        PatientId = Id,
        StudyUid = "1.2." + Birth,
        Accession = Id,
        More = [(DicomTag.PatientBirthDate, "DA", Birth), (DicomTag.ReferringPhysician, "PN", Name)],
    };

    // A file named like its patient, as most are.
    private static MultipartFormDataContent Form(byte[] image) =>
        new("b") { { new ByteArrayContent(image), "image", $"{Name}_{Id}_{Birth}.dcm" } };

    private static IEnumerable<byte[]> Images()
    {
        byte[] sound = Phantom().ToFile("explicit");
        yield return sound;
        yield return Phantom().ToFile("implicit");
        yield return (Phantom() with { Modality = "CT" }).ToFile("explicit");
        for (int length = 200; length < sound.Length; length += 97) // ends within every element of the header
        {
            yield return sound[..Math.Min(length, 1000)];
            if (length > 1000)
            {
                break;
            }
        }

        foreach (DicomTag tag in s_texts)
        {
            foreach (string secret in s_secrets)
            {
                yield return Replaced(tag, secret);
            }
        }

        yield return Encoding.ASCII.GetBytes($"{Name}, {Id}, {Birth}: a letter");
        yield return Encoding.ASCII.GetBytes($"\x89PNG\r\n\x1a\n{Name} {Id} {Birth}");
    }

    // The data set with one element's value replaced; the others follow in the order of their tags.
    private static byte[] Replaced(DicomTag tag, string value)
    {
        DicomPhantom phantom = Phantom();
        var file = new DicomWriter();
        (DicomTag Tag, Action Write)[] elements =
        [
            .. new (DicomTag Tag, string Vr, string Text)[]
            {
                (DicomTag.Modality, "CS", "DX"), (DicomTag.PatientName, "PN", phantom.PatientName), (DicomTag.PatientId, "LO", Id),
                (DicomTag.PatientBirthDate, "DA", Birth), (DicomTag.ViewPosition, "CS", "PA"), (DicomTag.Photometric, "CS", "MONOCHROME2"),
            }.Where(e => e.Tag != tag).Select(e => (e.Tag, (Action)(() => file.Text(e.Tag, e.Vr, e.Text)))),
            (tag, () => file.Text(tag, "LO", value)),
            .. new (DicomTag Tag, ushort Number)[]
            {
                (DicomTag.SamplesPerPixel, 1), (DicomTag.Rows, 40), (DicomTag.Columns, 40), (DicomTag.BitsAllocated, 16),
                (DicomTag.BitsStored, 12), (DicomTag.HighBit, 11), (DicomTag.PixelRepresentation, 0),
            }.Select(e => (e.Tag, (Action)(() => file.Words(e.Tag, e.Number)))),
        ];
        foreach ((_, Action write) in elements.OrderBy(e => (e.Tag.Group, e.Tag.Element)))
        {
            write();
        }

        return file.Words(DicomTag.PixelData, "OW", phantom.Samples).ToFile(DicomWriter.ExplicitLittleEndian);
    }

    // Every line of every logger, from the most detailed on, with scopes and exceptions.
    private sealed class KeptLog : ILoggerProvider, ILogger
    {
        private readonly ConcurrentQueue<string> _lines = new();

        public string Text => string.Join('\n', _lines);

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
        {
            _lines.Enqueue($"{state}");
            return null;
        }

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            _lines.Enqueue($"{formatter(state, exception)} {exception}");

        public void Dispose()
        {
        }
    }

    // Activities, as OpenTelemetry exports them, and measurements with their tags.
    private sealed class KeptTraces : IDisposable
    {
        private readonly ConcurrentQueue<string> _lines = new();
        private readonly ActivityListener _activities;
        private readonly MeterListener _meters = new();

        public KeptTraces()
        {
            _activities = new ActivityListener
            {
                ShouldListenTo = _ => true,
                Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
                ActivityStopped = activity =>
                {
                    IEnumerable<KeyValuePair<string, object?>> tags = activity.TagObjects.Concat(activity.Events.SelectMany(e => e.Tags));
                    string events = string.Join(' ', activity.Events.Select(e => e.Name));
                    _lines.Enqueue($"{activity.DisplayName} {activity.StatusDescription} {events} {string.Join(' ', tags)}");
                },
            };
            ActivitySource.AddActivityListener(_activities);
            _meters.InstrumentPublished = (instrument, listener) => listener.EnableMeasurementEvents(instrument);
            _meters.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Keep(instrument, value, tags));
            _meters.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Keep(instrument, value, tags));
            _meters.Start();
        }

        public string Text => string.Join('\n', _lines);

        public void Dispose()
        {
            _activities.Dispose();
            _meters.Dispose();
        }

        private void Keep(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
            _lines.Enqueue($"{instrument.Name} {value} {string.Join(' ', tags.ToArray())}");
    }
}
