using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Radapt.Tests.Cli;

/// <summary>
/// An archive for one test: Orthanc with its DICOMweb plugin, on a free port of this machine, with a password. Skips the calling test where
/// it is not installed. Without TLS: Debian 12's Orthanc 1.10.1 ends with a segmentation fault at the first TLS connection.
/// </summary>
internal sealed class Orthanc : IDisposable
{
    public const string Credentials = "reader:a pass:word";

    private static readonly string[] s_plugins =
        ["/usr/share/orthanc/plugins/libOrthancDicomWeb.so", "/usr/lib/orthanc/plugins/libOrthancDicomWeb.so"];

    private readonly TemporaryFolder _folder = new();
    private readonly Process _process;
    private readonly StringBuilder _log = new();
    private readonly HttpClient _client;

    private Orthanc(string plugin, int port)
    {
        File.WriteAllText(_folder["orthanc.json"], new JsonObject
        {
            ["StorageDirectory"] = _folder["db"],
            ["IndexDirectory"] = _folder["db"],
            ["Plugins"] = new JsonArray(plugin),
            ["HttpPort"] = port,
            ["DicomServerEnabled"] = false,
            ["RemoteAccessAllowed"] = false,
            ["AuthenticationEnabled"] = true,
            ["RegisteredUsers"] = new JsonObject { ["reader"] = "a pass:word" },
            ["DicomWeb"] = new JsonObject { ["Enable"] = true, ["Root"] = "/dicom-web/" },
        }.ToJsonString());
        Address = $"http://localhost:{port}";
        _client = new HttpClient { BaseAddress = new Uri(Address) };
        _client.DefaultRequestHeaders.Authorization =
            new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(Credentials)));
        _process = new Process
        {
            StartInfo = new ProcessStartInfo("Orthanc", _folder["orthanc.json"])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
        _process.OutputDataReceived += Log;
        _process.ErrorDataReceived += Log;
    }

    /// <summary>Where it is.</summary>
    public string Address { get; }

    /// <summary>Its DICOMweb service.</summary>
    public string Service => $"{Address}/dicom-web";

    /// <summary>Starts it and waits until it answers.</summary>
    public static async Task<Orthanc> Start()
    {
        string? plugin = s_plugins.FirstOrDefault(File.Exists);
        Assert.SkipWhen(plugin is null, "needs Orthanc with DICOMweb (Debian packages orthanc and orthanc-dicomweb)");
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        var orthanc = new Orthanc(plugin!, port);
        try
        {
            orthanc._process.Start();
            orthanc._process.BeginOutputReadLine();
            orthanc._process.BeginErrorReadLine();
            while (!await orthanc.Answers())
            {
                Assert.False(orthanc._process.HasExited, $"Orthanc ended:\n{orthanc._log}");
                await Task.Delay(50, TestContext.Current.CancellationToken);
            }

            return orthanc;
        }
        catch
        {
            orthanc.Dispose();
            throw;
        }
    }

    /// <summary>Stores an instance, as equipment does.</summary>
    public async Task Store(byte[] file)
    {
        using HttpResponseMessage response =
            await _client.PostAsync("/instances", new ByteArrayContent(file), TestContext.Current.CancellationToken);
        response.EnsureSuccessStatusCode();
    }

    /// <summary>The files of all instances, by their SOP Instance UID.</summary>
    public async Task<IReadOnlyDictionary<string, byte[]>> Instances(string modality)
    {
        var files = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (JsonNode? series in (await Json("/series?expand")).AsArray())
        {
            if ((string?)series!["MainDicomTags"]!["Modality"] != modality)
            {
                continue;
            }

            foreach (JsonNode? instance in series["Instances"]!.AsArray())
            {
                JsonNode tags = await Json($"/instances/{instance}");
                files.Add((string)tags["MainDicomTags"]!["SOPInstanceUID"]!,
                    await _client.GetByteArrayAsync($"/instances/{instance}/file", TestContext.Current.CancellationToken));
            }
        }

        return files;
    }

    /// <summary>How many studies it has.</summary>
    public async Task<int> Studies() => (await Json("/studies")).AsArray().Count;

    public void Dispose()
    {
        _client.Dispose();
        try
        {
            if (!_process.HasExited)
            {
                _process.Kill();
                _process.WaitForExit();
            }
        }
        catch (InvalidOperationException)
        {
            // it was not started
        }

        _process.Dispose();
        _folder.Dispose();
    }

    private void Log(object sender, DataReceivedEventArgs line)
    {
        lock (_log)
        {
            _log.AppendLine(line.Data);
        }
    }

    private async Task<bool> Answers()
    {
        try
        {
            return await Json("/system") is JsonObject;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private async Task<JsonNode> Json(string path) =>
        JsonNode.Parse(await _client.GetStringAsync(path, TestContext.Current.CancellationToken)) ?? throw new JsonException();
}
