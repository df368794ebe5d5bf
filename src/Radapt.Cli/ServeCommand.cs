using System.CommandLine;
using System.Net;
using Microsoft.Extensions.Logging;
using Radapt.Imaging.Dicom.Codecs;
using Radapt.Server;

namespace Radapt.Cli;

/// <summary><c>radapt serve</c>: predictions over HTTP, and a page to look at them.</summary>
internal sealed class ServeCommand : RadaptCommand
{
    private readonly Argument<string[]> _runs = new("runs")
    {
        HelpName = "RUN",
        Description = "Run folders, adapter files or folders of cross-validations. NAME=RUN chooses the name by which it is asked; "
            + "default: the name of the folder.",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private readonly Option<string> _address;
    private readonly Option<int> _port;
    private readonly Option<string[]> _hostNames;
    private readonly Option<string> _keys;
    private readonly Option<string> _createKey;
    private readonly Option<string> _keyName;
    private readonly Option<string> _certificate;
    private readonly Option<bool> _takesTheRisk;
    private readonly Option<string> _weights;
    private readonly Option<int> _batchWindow;
    private readonly Option<int> _batchSize;
    private readonly Option<int> _imageMegabytes;
    private readonly Option<int> _concurrent;
    private readonly Option<int> _requestsAMinute;
    private readonly Option<int> _seconds;

    public ServeCommand(CancellationToken interrupted)
        : base("serve", "Serve predictions over HTTP, to this machine unless told otherwise. Nothing of an image is stored or logged. See "
            + "docs/server.md.")
    {
        Arguments.Add(_runs);
        _address = Add("Network", new Option<string>("--address")
        {
            HelpName = "IP",
            Description = "Address to listen on. Any but a loopback address needs --keys and --certificate. Default: 127.0.0.1.",
            DefaultValueFactory = _ => "127.0.0.1",
        });
        _port = AddNumber("Network", "--port", "Port to listen on; 0: any that is free.", 8080, 0, 65535);
        _hostNames = Add("Network", new Option<string[]>("--host-name")
        {
            HelpName = "NAME",
            Description = "Name under which the service is reached, besides localhost and its address; may be repeated. Requests with "
                + "another Host header are refused.",
            AllowMultipleArgumentsPerToken = false,
            DefaultValueFactory = _ => [],
        });
        _certificate = Add("Network", new Option<string>("--certificate")
        {
            HelpName = "FILE",
            Description = "Certificate and private key for TLS (.pfx, or .pem with both); RADAPT_CERTIFICATE_PASSWORD has its password.",
        });
        _keys = Add("Access", new Option<string>("--keys")
        {
            HelpName = "FILE",
            Description = "File of API keys (hashed). With it, predictions need a key, and changing models needs one with the role manage.",
        });
        _createKey = Add("Access", new Option<string>("--create-key")
        {
            HelpName = "ROLE",
            Description = "Create a key with the role predict or manage, add its hash to the file of --keys, print the key, and end.",
        });
        _createKey.AcceptOnlyFromAmong("predict", "manage");
        _keyName = Add("Access", new Option<string>("--key-name")
        {
            HelpName = "NAME",
            Description = "Whose key --create-key creates. Default: unnamed.",
            DefaultValueFactory = _ => "unnamed",
        });
        _takesTheRisk = Add("Access", new Option<bool>("--i-know-what-i-do")
        {
            Description = "Listen beyond this machine without API keys or without TLS: anybody who reaches the port can use the service.",
        });
        _weights = Add("Model", new Option<string>("--weights")
        {
            HelpName = "FILE",
            Description = "Path of the base weights. Default: their path during training.",
        });
        _batchWindow = AddNumber(
            "Limits", "--batch-window", "Milliseconds that the first image of a batch waits for others. With 0, images that come while another "
                + "batch is computed are put together.", 0, 0, 60_000);
        _batchSize = AddNumber("Limits", "--batch-size", "Images per forward pass.", 16, 1, 4096);
        _imageMegabytes = AddNumber("Limits", "--image-megabytes", "Largest image.", 64, 1, 512);
        _concurrent = AddNumber(
            "Limits", "--concurrent-requests", "Requests in work; as many again wait, and others get status 429.", 32, 1, 4096);
        _requestsAMinute = AddNumber("Limits", "--requests-a-minute", "Requests of one key or address in a minute.", 1200, 1, 10_000_000);
        _seconds = AddNumber("Limits", "--request-seconds", "Time for a request.", 60, 1, 3600);
        SetAction((parsed, _) => Run(parsed, interrupted));
    }

    public override IReadOnlyList<(string Line, string What)> Examples { get; } =
    [
        ("radapt serve runs/first", "One model, for programs and the page on this machine (http://127.0.0.1:8080):"),
        ("radapt serve effusion=runs/first nodule=runs/second --port 9000", "Two models under names of your own:"),
        ("radapt serve --create-key predict --keys keys.txt --key-name ward", "A key for predictions:"),
        ("radapt serve runs/first --address 10.0.0.5 --host-name radapt.clinic --keys keys.txt --certificate radapt.pfx",
            "For other machines, with keys and TLS:"),
    ];

    private Option<int> AddNumber(string heading, string name, string description, int standard, int least, int most)
    {
        Option<int> option = Add(heading, new Option<int>(name)
        {
            HelpName = "N",
            Description = $"{description} Default: {standard}.",
            DefaultValueFactory = _ => standard,
        });
        option.Validators.Add(result =>
        {
            if (!int.TryParse(result.Tokens.SingleOrDefault()?.Value ?? $"{standard}", out int value) || value < least || value > most)
            {
                result.AddError($"{name} must be a whole number from {least} to {most}.");
            }
        });
        return option;
    }

    private async Task<int> Run(ParseResult parsed, CancellationToken interrupted)
    {
        var terminal = new Terminal(onStandardError: true);
        if (parsed.GetValue(_createKey) is { } role)
        {
            string file = parsed.GetValue(_keys) ?? throw new RadaptException("--create-key: needs the file of keys, --keys FILE.");
            string key = ApiKeys.Create(file, role == "manage" ? KeyRole.Manage : KeyRole.Predict, parsed.GetValue(_keyName)!);
            Console.Out.WriteLine(key);
            terminal.Line($"{file}: a key with the role {role} was added. It is shown only here; the file holds its hash.");
            return ExitCode.Done;
        }

        ProcessSettings.PrepareCompute();
        using var codecs = new CodecProcess();
        var options = new ServerOptions
        {
            Models = Models(parsed.GetValue(_runs) ?? []),
            Weights = parsed.GetValue(_weights),
            Address = IPAddress.TryParse(parsed.GetValue(_address), out IPAddress? address) ? address
                : throw new RadaptException($"--address {parsed.GetValue(_address)}: is not an IP address, such as 127.0.0.1."),
            Port = parsed.GetValue(_port),
            HostNames = parsed.GetValue(_hostNames) ?? [],
            Keys = parsed.GetValue(_keys),
            Certificate = parsed.GetValue(_certificate),
            TakesTheRisk = parsed.GetValue(_takesTheRisk),
            BatchWindow = TimeSpan.FromMilliseconds(parsed.GetValue(_batchWindow)),
            BatchSize = parsed.GetValue(_batchSize),
            ImageBytes = (long)parsed.GetValue(_imageMegabytes) << 20,
            ConcurrentRequests = parsed.GetValue(_concurrent),
            RequestsAMinute = parsed.GetValue(_requestsAMinute),
            RequestTime = TimeSpan.FromSeconds(parsed.GetValue(_seconds)),
            Codecs = codecs,
        };
        await using var server = new RadaptServer(options, parsed.GetValue<bool>("--verbose") ? LogLevel.Information : LogLevel.Warning);
        await server.StartAsync(interrupted);
        terminal.Line($"Serves {string.Join(", ", options.Models.Select(m => m.Name))} at {server.Url}; Ctrl-C stops it. Research "
            + "software, not a medical device.");
        await server.RunAsync(interrupted);
        return ExitCode.Done;
    }

    private static (string Name, string Run)[] Models(string[] named)
    {
        if (named.Length == 0)
        {
            throw new RadaptException("serve: name at least one run folder or adapter file.");
        }

        (string Name, string Run)[] models = [.. named.Select(n => n.Split('=', 2) is [var name, var run] && !File.Exists(n)
            && !Directory.Exists(n) ? (name, run) : (NameOf(n), n))];
        return models.GroupBy(m => m.Name).FirstOrDefault(g => g.Count() > 1) is { } twice
            ? throw new RadaptException($"Two models are called '{twice.Key}': give them names, such as first={twice.First().Run}.")
            : models;
    }

    private static string NameOf(string run)
    {
        string path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(run));
        return File.Exists(path) ? Path.GetFileName(Path.GetDirectoryName(path)!) : Path.GetFileName(path);
    }
}
