using System.Text.RegularExpressions;
using Radapt.Adaptation.Files;
using Radapt.Checkpoints;
using static TorchSharp.torch;

namespace Radapt.Adaptation.Peft;

/// <summary>An open PEFT adapter: <c>adapter_config.json</c> and <c>adapter_model.safetensors</c> (or <c>.bin</c>).</summary>
internal sealed partial class PeftFolder : IDisposable
{
    public const string TensorsFile = "adapter_model.safetensors";

    /// <summary>What PEFT has no place for, for people and scripts; the tensors file's metadata says the same.</summary>
    public const string SideFile = "radapt.json";

    private readonly CheckpointFile _file;
    private readonly Dictionary<string, (string? A, string? B)> _lora = [];
    private readonly Dictionary<(string Name, int? Third), string> _saved = []; // name in Radapt's model -> name in the file
    private readonly SortedSet<string> _adapters = new(StringComparer.Ordinal);

    private PeftFolder(PeftConfig config, CheckpointFile file)
    {
        (Config, _file) = (config, file);
        foreach (TensorInfo info in file.Tensors)
        {
            Add(info);
        }

        Check();
    }

    public PeftConfig Config { get; }

    public string Path => _file.Path;

    /// <summary>What Radapt wrote about the adapter when it exported it; null for adapters from elsewhere.</summary>
    public AdapterDescription? Facts => AdapterDescription.FromForeignFile(_file.Metadata, Path);

    /// <summary>Paths of the modules with LoRA.</summary>
    public IEnumerable<string> Modules => _lora.Keys;

    /// <summary>Names, as Radapt's model has them, of the tensors that are saved whole, or of the thirds of a fused one.</summary>
    public IEnumerable<(string Name, int? Third)> Saved => _saved.Keys;

    /// <summary>Whether a path is that of a PEFT adapter: its folder or one of its two files.</summary>
    public static bool Is(string path) => FolderOf(path) is not null;

    /// <exception cref="RadaptException">Missing, damaged, of another kind, or with a module that lacks a half.</exception>
    public static PeftFolder Open(string path)
    {
        string folder = FolderOf(path) ?? path;
        PeftConfig config = PeftConfig.Read(System.IO.Path.Combine(folder, PeftConfig.FileName));
        string tensors = System.IO.Path.Combine(folder, TensorsFile);
        string pickled = System.IO.Path.Combine(folder, "adapter_model.bin");
        CheckpointFile file = CheckpointFile.Open(File.Exists(tensors) || !File.Exists(pickled) ? tensors : pickled);
        try
        {
            return new PeftFolder(config, file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>A (r, in, …), B (out, r, …) and scale of a module, float32.</summary>
    /// <exception cref="RadaptException">Their ranks are not those of the configuration.</exception>
    public (Tensor A, Tensor B, double Scale) Read(string module)
    {
        (string? a, string? b) = _lora[module];
        (long ofA, long ofB, int rank) = (_file.Info(a!).Shape.ElementAtOrDefault(0), _file.Info(b!).Shape.ElementAtOrDefault(1),
            Config.RankOf(module));
        return ofA == rank && ofB == rank ? (_file.ReadFloat32(a!), _file.ReadFloat32(b!), Config.ScaleOf(module))
            : throw new RadaptException(
                $"{Path}: {module} has lora_A of rank {ofA} and lora_B of rank {ofB}, but {PeftConfig.FileName} says {rank}; "
                    + "the two files do not belong together.");
    }

    /// <summary>A tensor that is saved whole, float32.</summary>
    public Tensor ReadSaved((string Name, int? Third) name) => _file.ReadFloat32(_saved[name]);

    public void Dispose() => _file.Dispose();

    private static string? FolderOf(string path)
    {
        bool isPart = System.IO.Path.GetFileName(path) is PeftConfig.FileName or TensorsFile or "adapter_model.bin";
        string? folder = Directory.Exists(path) ? path : isPart ? System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path)) : null;
        return folder is not null && ((string[])[PeftConfig.FileName, TensorsFile, "adapter_model.bin"]).Any(
            f => File.Exists(System.IO.Path.Combine(folder, f))) ? folder : null;
    }

    private void Add(TensorInfo info)
    {
        if (!info.Name.StartsWith(PeftNames.Prefix, StringComparison.Ordinal))
        {
            throw new RadaptException(
                $"{Path}: {info.Name} is not a tensor name of PEFT's (those begin with {PeftNames.Prefix}); give the "
                    + "folder that PEFT's save_pretrained wrote.");
        }

        string name = info.Name[PeftNames.Prefix.Length..];
        Match lora = LoraName().Match(name);
        if (lora.Success)
        {
            string module = lora.Groups["module"].Value;
            _adapters.Add(lora.Groups["adapter"].Value);
            (string? a, string? b) = _lora.GetValueOrDefault(module);
            _lora[module] = lora.Groups["half"].Value == "A" ? (info.Name, b) : (a, info.Name);
        }
        else if (name.Contains(".lora_", StringComparison.Ordinal))
        {
            throw new RadaptException(
                $"{Path}: {info.Name} belongs to a kind of LoRA that Radapt does not read. Merge this "
                    + "adapter into its model with PEFT and give "
                    + "the merged weights to --weights.");
        }
        else if (!_saved.TryAdd(PeftNames.Saved(name), info.Name))
        {
            throw new RadaptException(
                $"{Path}: {info.Name} and {_saved[PeftNames.Saved(name)]} name the same tensor; save the "
                    + "adapter again with PEFT's save_pretrained.");
        }
    }

    private void Check()
    {
        if (_adapters.Count > 1)
        {
            throw new RadaptException(
                $"{Path}: this folder contains {_adapters.Count} adapters "
                    + $"({string.Join(", ", _adapters.Select(a => a.Length > 0 ? a : "one without a name").Take(5))}). Save one with "
                    + $"PEFT's save_pretrained(folder, selected_adapters=[\"{_adapters.Max}\"]).");
        }

        if (_lora.Count == 0)
        {
            throw new RadaptException($"{Path}: this folder contains no LoRA tensors; give the folder that PEFT's save_pretrained wrote.");
        }

        if (_lora.FirstOrDefault(m => m.Value.A is null || m.Value.B is null) is { Key: { } half })
        {
            throw new RadaptException(
                $"{Path}: {half} has only one of lora_A and lora_B; the file is incomplete. Save the "
                    + "adapter again with PEFT's save_pretrained.");
        }

        // PEFT passes over targets that no module of the model matches; one that some module does match must be here.
        string[] absent = [.. Config.Targets.Where(t => !_lora.Keys.Any(m => PeftConfig.Matches(m, t)))];
        if ((absent.Length == Config.Targets.Count ? absent.FirstOrDefault()
            : absent.FirstOrDefault(t => _lora.Keys.Any(m => PeftNames.IsNeighbour(m, t)))) is { } target)
        {
            throw new RadaptException(
                $"{Path}: there is no LoRA for '{target}', which {PeftConfig.FileName} lists as a target; "
                    + "the two files do not belong together.");
        }

        // For classifiers of texts PEFT adds these two names, whichever head the model has.
        bool hasHead = _saved.ContainsKey(("head.weight", null));
        string? lost = Config.ModulesToSave.Where(m => !hasHead || m is not ("classifier" or "score"))
            .FirstOrDefault(m => !_saved.Values.Any(n => n.Contains($".{m}.", StringComparison.Ordinal)));
        if (lost is not null)
        {
            throw new RadaptException(
                $"{Path}: '{lost}' is missing, although {PeftConfig.FileName} lists it under modules_to_save; save the "
                    + "adapter again with PEFT's save_pretrained.");
        }
    }

    [GeneratedRegex(@"^(?<module>.+)\.lora_(?<half>A|B)(\.(?<adapter>[^.]+))?\.weight$")]
    private static partial Regex LoraName();
}
