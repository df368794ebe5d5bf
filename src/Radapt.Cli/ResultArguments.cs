using System.CommandLine;
using Radapt.Imaging.Dicom.Codecs;
using Radapt.Inference;
using Radapt.Metrics;
using Radapt.Pacs;
using Radapt.Pacs.Results;
using Radapt.Pacs.Sending;
using Radapt.Studies;

namespace Radapt.Cli;

/// <summary>The options of commands that make DICOM results: where they go, what is in them, which models make them.</summary>
internal sealed class ResultArguments
{
    private readonly Option<string> _out;
    private readonly Option<string> _stow;
    private readonly Option<string> _credentials;
    private readonly Option<string> _authority;
    private readonly Option<bool> _http;
    private readonly Option<string> _threshold;
    private readonly Option<string> _heatMaps;
    private readonly Option<string> _codes;
    private readonly Option<string> _weights;
    private readonly Option<bool> _forceWeights;
    private readonly Option<int?> _threads;

    /// <param name="add">Adds an option to the command, under a heading.</param>
    public ResultArguments(Action<string, Option> add)
    {
        _out = Added("Output", new Option<string>("--out", "-o")
        {
            HelpName = "FOLDER",
            Description = "Folder for the results, DICOM files whose names are their identifiers. They carry the patient's data of their "
                + "images: protect the folder as you protect these.",
            Required = true,
        });
        _threshold = Added("Results", new Option<string>("--threshold")
        {
            HelpName = "CHOICE",
            Description = "The threshold of the decisions, chosen when the run was trained: youden, sensitivity (at least 90 %), or "
                + "specificity (at least 90 %). Default: youden. Runs with too few images have no thresholds.",
            DefaultValueFactory = _ => "youden",
        });
        _threshold.AcceptOnlyFromAmong("youden", "sensitivity", "specificity");
        _heatMaps = Added("Results", new Option<string>("--heat-maps")
        {
            HelpName = "CHOICE",
            Description = "Findings with a heat map: positive (those called positive), all, or none. Default: positive. Heat maps of a run "
                + "in bfloat16 need the model a second time in memory.",
            DefaultValueFactory = _ => "positive",
        });
        _heatMaps.AcceptOnlyFromAmong("positive", "all", "none");
        _codes = Added("Results", new Option<string>("--codes")
        {
            HelpName = "FILE",
            Description = "Table of codes of findings (finding,code,scheme,meaning) in place of the shipped one. Findings without a code "
                + "are written as text.",
        });
        _stow = Added("Archive", new Option<string>("--stow")
        {
            HelpName = "URL",
            Description = "Send the results to the DICOMweb service at this address (STOW-RS). Until the archive has them, they wait in "
                + $"FOLDER/{ResultFolder.UnsentName}.",
        });
        _credentials = Added("Archive", new Option<string>("--stow-credentials")
        {
            HelpName = "FILE",
            Description = "File with user:password or 'Bearer TOKEN' for the archive. Default: the variable "
                + $"{StowTarget.CredentialsVariable}, else none.",
        });
        _authority = Added("Archive", new Option<string>("--stow-ca")
        {
            HelpName = "FILE",
            Description = "Certificates (PEM) of the authority that the archive's certificate is from. Default: the system's authorities.",
        });
        _http = Added("Archive", new Option<bool>("--stow-http")
        {
            Description = "Accept an http:// address of another machine: patients' data is sent without encryption.",
        });
        _weights = Added("Model", new Option<string>("--weights")
        {
            HelpName = "FILE",
            Description = "Path of the base weights. Default: their path during training.",
        });
        _forceWeights = Added("Model", new Option<bool>("--force-weights")
        {
            Description = "Accept base weights other than those used in training, if they fit.",
        });
        _threads = Added("Compute", new Option<int?>("--threads")
        {
            HelpName = "N",
            Description = "Number of threads, 1 to 4096. Default: as in training.",
        });
        _threads.Validators.Add(result =>
        {
            if (!int.TryParse(result.Tokens.SingleOrDefault()?.Value ?? "1", out int value) || value is < 1 or > 4096)
            {
                result.AddError("--threads must be a whole number from 1 to 4096.");
            }
        });

        T Added<T>(string heading, T option)
            where T : Option
        {
            add(heading, option);
            return option;
        }
    }

    /// <summary>The folder of the results.</summary>
    public string Out(ParseResult parsed) => parsed.GetRequiredValue(_out);

    /// <summary>The archive; null: results are not sent.</summary>
    /// <exception cref="RadaptException">Address, credentials or certificates are not what they should be.</exception>
    public StowTarget? Target(ParseResult parsed)
    {
        string? credentials = parsed.GetValue(_credentials), authority = parsed.GetValue(_authority);
        if (parsed.GetValue(_stow) is not { } url)
        {
            return credentials is null && authority is null && !parsed.GetValue(_http) ? null
                : throw new RadaptException("--stow-credentials, --stow-ca and --stow-http are for --stow URL, which is missing.");
        }

        return StowTarget.Parse(url,
            credentials is not null ? StowTarget.ReadCredentials(credentials)
                : Environment.GetEnvironmentVariable(StowTarget.CredentialsVariable),
            authority, parsed.GetValue(_http));
    }

    /// <summary>Opens the models.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="runs">Runs, as they were named; each has its own results.</param>
    /// <param name="codecs">Where JPEG-LS and JPEG 2000 are decoded.</param>
    /// <exception cref="RadaptException">A run or the table of codes cannot be read.</exception>
    public InstanceAnalysis Open(ParseResult parsed, IReadOnlyList<string> runs, CodecProcess codecs)
    {
        var settings = new ResultSettings
        {
            Threshold = Enum.Parse<ThresholdRule>(parsed.GetRequiredValue(_threshold), ignoreCase: true),
            HeatMaps = Enum.Parse<HeatMapChoice>(parsed.GetRequiredValue(_heatMaps), ignoreCase: true),
            Codes = parsed.GetValue(_codes) is { } codes ? FindingCodes.Read(codes) : FindingCodes.Default,
        };
        ProcessSettings.PrepareCompute();
        ModelSource[] sources =
        [
            .. runs.Select(run => new ModelSource(
                run, [.. FoldedRuns.Expand(run).Select(r => (r, RunPlan.Read(r, parsed.GetValue(_threads))))],
                parsed.GetValue(_weights), parsed.GetValue(_forceWeights))),
        ];
        ProcessSettings.UseThreads(sources[0].Members[0].Plan.Threads);
        return InstanceAnalysis.Open(sources, settings, codecs);
    }
}
