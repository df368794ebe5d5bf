using System.Globalization;
using Radapt.Adaptation.Peft;
using Radapt.Checkpoints;
using Radapt.Compute;
using Radapt.Imaging;
using Radapt.Models;
using Radapt.Models.Dialects;
using static TorchSharp.torch;

namespace Radapt.Adaptation.Files;

/// <summary>An import on its way from tensors to a file.</summary>
internal sealed class AdapterBuilder
{
    private readonly ImportRequest _request;
    private readonly ForeignAdapter _adapter;
    private readonly BackboneWeights? _weights;
    private readonly BackboneShape _shape;
    private readonly ImportedHead _head;
    private readonly List<string> _notes = [];
    private readonly string _outFile;
    private Classifier? _own; // base weights that only the source holds
    private string? _baseFile;
    private string? _hash;

    public AdapterBuilder(ImportRequest request, ForeignAdapter adapter, BackboneWeights? weights)
    {
        (_request, _adapter, _weights) = (request, adapter, weights);
        _outFile = request.OutputFile;
        RequireWritable(_outFile, request);
        BackboneShape shape = adapter.Facts?.Backbone ?? weights?.Shape
            ?? throw new RadaptException(
                $"{request.Weights}: the dimensions of these base weights cannot be determined. Give a MAE, MRM, DINOv2 or timm checkpoint.");
        _shape = shape with { Heads = request.Heads ?? shape.Heads };
        if (weights is not null && adapter.Facts is { } facts)
        {
            weights.Resizing = facts.BaseResizing ?? PositionEmbedding.ResizingOf(_shape);
        }

        if (!_shape.IsSound)
        {
            throw new RadaptException(
                $"{request.Weights ?? request.Source}: the width of {_shape.Width} is not a multiple of {_shape.Heads} "
                    + "heads; give the right number with --heads.");
        }

        if (request.Heads is null && adapter.Facts is null && weights?.TellsHeads != true)
        {
            _notes.Add(
                $"{_shape.Heads} attention heads are assumed, the usual number for a width of {_shape.Width}, because the files do not "
                    + "state it; --heads sets another number.");
        }

        _head = new ImportedHead(request, adapter, weights?.ReadHead() ?? new Dictionary<string, Tensor>(), _shape);
        if (_head.IsOfBase)
        {
            _notes.Add("The head comes from the base weights, because the adapter does not contain one.");
        }
    }

    private static void RequireWritable(string file, ImportRequest request)
    {
        OutputFile.RequireNoInput(file, "-o", request.Source, request.Weights);
        if (!request.Overwrite && File.Exists(file))
        {
            throw new RadaptException($"{file}: already exists. Give another -o, or --overwrite to replace it.");
        }
    }

    /// <summary>Makes sure that an exported adapter comes back to the base it was trained on.</summary>
    public void CheckBase()
    {
        _hash = _weights?.Hash();
        if (_hash is null || _adapter.Facts?.BaseSha256 is not { } trained || trained == _hash)
        {
            return;
        }

        string other =
            $"{_request.Weights}: these are not the base weights of this adapter (the hash of their tensors is {_hash[..12]}…, "
                + "the adapter was trained on "
                + $"{trained[..Math.Min(12, trained.Length)]}…)";
        _notes.Add(_request.Force ? $"{other}; they are used anyway (--force)."
            : throw new RadaptException($"{other}. Give the right file with --weights, or use these with --force."));
    }

    /// <summary>
    /// The base weights of a checkpoint that holds them beside its LoRA: compared with those given, else kept in a file of their own.
    /// </summary>
    public void TakeBaseOf(CheckpointFile file)
    {
        var own = new Classifier(_shape, 1, _head.Pooling, dropPath: 0, ComputePlan.Float32);
        try
        {
            bool holds = PaperCheckpoint.LoadBase(file, own.Encoder);
            if (!holds && _request.Weights is null)
            {
                throw new RadaptException(
                    $"{_request.Source}: this file contains an adapter without its base weights; give them with --weights.");
            }

            if (_request.Weights is null || _adapter.Lora.Count == 0)
            {
                _own = holds ? own : null;
                return;
            }

            _hash = _weights!.Hash();
            if (holds)
            {
                Compare(own.Encoder);
            }
        }
        finally
        {
            if (_own is null)
            {
                own.Dispose();
            }
        }
    }

    public ImportReport Finish(string? baseFile)
    {
        try
        {
            _baseFile = baseFile is null ? null : Path.GetFullPath(baseFile);
            LowRankUpdate[] updates = [.. LoraPacking.Split(Checked(_adapter.Lora))];
            string[] replaced =
                [.. _adapter.Saved.Keys.Where(
                    n => !_head.Tensors.ContainsKey(n) && !n.StartsWith("fc_norm.", StringComparison.Ordinal) && !IsUnread(n))];
            bool asLora = updates.Length > 0 && _adapter.Added.Count == 0 && replaced.Length == 0 && _adapter.SavedThirds.Count == 0;
            if (!asLora && _adapter.Facts is null && _adapter.Lora.Count > 0)
            {
                _notes.Add(
                    $"{string.Join(", ", _adapter.Added.Keys.Concat(replaced).Concat(_adapter.SavedThirds.Select(t => t.Name)).Distinct().Take(3))} were changed, too, and Radapt cannot attach an adapter there, so the whole adapted model is saved (method full).");
            }

            (MethodOptions method, IReadOnlyDictionary<string, Tensor> tensors) = asLora
                ? LoraPacking.Pack(updates, _shape.Depth, _adapter.Dropout)
                : (AdaptationMethod.Find("full").Defaults, WholeModel(updates, replaced));
            (string Name, Tensor Tensor)[] all = [.. tensors.Concat(_head.Tensors).Select(t => (t.Key, t.Value))];
            FiniteNumbers.Require(_request.Source, all);
            if (asLora)
            {
                RequireBase();
            }

            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(_outFile))!);
            if (asLora && _own is not null)
            {
                KeepBase();
            }

            AdapterDescription description = Describe(method);
            AdapterFile.Save(_outFile, description, all);
            return new ImportReport(_outFile, description, _notes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RadaptException($"{_request.Output}: cannot be written ({e.Message}). Choose another -o.", e);
        }
        finally
        {
            _own?.Dispose();
        }
    }

    // A head that reads the mean of the patches reads them before the final norm.
    private bool IsUnread(string name) => _head.Pooling == Pooling.Mean && name is ("norm.weight" or "norm.bias");

    private List<LowRankUpdate> Checked(IReadOnlyList<LowRankUpdate> updates)
    {
        foreach (LowRankUpdate update in updates)
        {
            long width = _shape.Width;
            (long inputs, long outputs) = update.Place.Slot switch
            {
                LoraPlace.Fused => (width, 3 * width),
                "fc1" => (width, (_shape.SwiGlu ? 2 : 1) * (long)_shape.HiddenWidth),
                "fc2" => (_shape.HiddenWidth, width),
                _ => (width, width),
            };
            if (update.A.dim() != 2 || update.B.dim() != 2 || update.A.shape[1] != inputs || update.B.shape[0] != outputs
                || update.A.shape[0] != update.B.shape[1] || update.Place.Block >= _shape.Depth)
            {
                throw new RadaptException(
                    $"{_request.Source}: LoRA of {update.Place.Projection} is ({string.Join(", ", update.A.shape)}) and "
                        + $"({string.Join(", ", update.B.shape)}), which does not fit the base weights (depth {_shape.Depth}, width "
                        + $"{width}). Give the base weights that it was trained on with --weights.");
            }
        }

        string? twice = updates.SelectMany(u => u.Place.Slot == LoraPlace.Fused ? LoraPlace.Thirds.Select(t => u.Place with
        {
            Slot = t,
        }) : [u.Place])
            .GroupBy(p => p).FirstOrDefault(g => g.Count() > 1)?.Key.Projection;
        return twice is null ? [.. updates] : throw new RadaptException($"{_request.Source}: has LoRA on {twice} twice.");
    }

    private void Compare(VisionTransformer own)
    {
        using var given = new Classifier(_shape, 1, _head.Pooling, dropPath: 0, ComputePlan.Float32);
        _weights!.LoadInto(given.Encoder);
        var theirs = given.Encoder.named_parameters().ToDictionary(p => p.name, p => p.parameter);
        double apart = own.named_parameters().Max(p => (p.parameter - theirs[p.name]).abs().max().item<float>());
        string said = string.Create(CultureInfo.InvariantCulture,
            $"{_request.Weights}: differs from the base weights in {_request.Source} by up to {apart:0.0e0}");
        if (apart > PaperCheckpoint.Drift && !_request.Force)
        {
            throw new RadaptException(
                $"{said}, so the checkpoint was not trained on these weights. Leave --weights out to use those in "
                    + "the checkpoint, or use these with --force.");
        }

        _notes.Add(
            $"{said}{(apart > PaperCheckpoint.Drift ? "; they are used anyway (--force)." : " (the paper's code lets them drift slightly).")}");
    }

    private Dictionary<string, Tensor> WholeModel(LowRankUpdate[] updates, string[] replaced)
    {
        Classifier model = _own ?? new Classifier(_shape, 1, _head.Pooling, dropPath: 0, ComputePlan.Float32);
        if (_own is null)
        {
            if (_weights is null)
            {
                Initialisation.FromScratch(model.Encoder, _adapter.Facts!.Seed);
            }
            else
            {
                _weights.LoadInto(model.Encoder);
            }
        }

        var tensors = model.Encoder.named_parameters().ToDictionary(p => p.name, p => (Tensor)p.parameter);
        foreach (string name in replaced)
        {
            Tensor saved = _adapter.Saved[name];
            if (!tensors.TryGetValue(name, out Tensor? target) || !saved.shape.SequenceEqual(target.shape))
            {
                throw new RadaptException(
                    $"{_request.Source}: {name} ({string.Join(", ", saved.shape)}) is saved with the adapter, but is not a tensor of this "
                        + "backbone; nothing was written.");
            }

            target.CopyInPlace(saved);
        }

        foreach ((string name, int third, Tensor saved) in _adapter.SavedThirds)
        {
            if (!tensors.TryGetValue(name, out Tensor? target) || saved.dim() != target.dim() || target.shape[0] != 3 * saved.shape[0]
                || !saved.shape.Skip(1).SequenceEqual(target.shape.Skip(1)))
            {
                throw new RadaptException(
                    $"{_request.Source}: a third of {name} ({string.Join(", ", saved.shape)}) is saved with the adapter, but does not fit "
                        + "this backbone; nothing was written.");
            }

            target.narrow(0, third * saved.shape[0], saved.shape[0]).CopyInPlace(saved);
        }

        foreach (LowRankUpdate update in updates)
        {
            update.AddTo(tensors[update.Place.WeightIn(_shape)]);
        }

        foreach ((string name, Tensor delta) in _adapter.Added)
        {
            tensors[name].AddInPlace(delta.shape.SequenceEqual(tensors[name].shape) ? delta
                : throw new RadaptException(
                    $"{_request.Source}: LoRA of {name} ({string.Join(", ", delta.shape)}) does not fit the base weights "
                        + $"({string.Join(", ", tensors[name].shape)})."));
        }

        return tensors;
    }

    // The adapter file does not hold the base, so nothing else would notice before it is used that the head reads what these weights lack.
    private void RequireBase()
    {
        using var shapes = new VisionTransformer(_shape, 0, withNorm: _head.Pooling != Pooling.Mean,
            new Kernels(new ComputePlan("float32", "meta", 1)));
        _weights?.EnsureFits(shapes);
    }

    // The paper's checkpoints carry their base; a Radapt adapter needs it as a file of its own.
    private void KeepBase()
    {
        RequireWritable(_request.BaseFile, _request);
        _baseFile = _request.BaseFile;
        SafetensorsWriter.Write(_baseFile, _own!.Encoder.named_parameters()
            .ToDictionary(p => p.name, p => (Tensor)p.parameter), new Dictionary<string, string>
            {
                ["format"] = "pt",
            });
        using BackboneWeights kept = BackboneWeights.Open(_baseFile);
        _hash = kept.Hash();
        _notes.Add($"The base weights in the checkpoint are saved next to the adapter: {_baseFile}.");
    }

    private AdapterDescription Describe(MethodOptions method)
    {
        int findings = _head.Findings;
        IReadOnlyList<string>? known = _request.Findings ?? (_adapter.Facts?.Findings.Count == findings ? _adapter.Facts.Findings : null);
        if (known is null)
        {
            _notes.Add($"The files do not name the {findings} findings, so they are numbered. --findings gives them names.");
        }

        Preprocessing? prepared = _adapter.Facts?.Preprocessing;
        ToldPreparation? told = _weights?.Preparation is { } there && there.ImageSize(_shape.PatchSize) == _shape.ImageSize ? there : null;
        int resize = _request.Resize ?? prepared?.Resize ?? told?.Resize ?? _shape.ImageSize;
        (double mean, double std) = prepared is not null ? (prepared.Mean, prepared.Std) : (_weights!.Mean, _weights.Std);
        if (prepared is null)
        {
            _notes.Add(string.Create(CultureInfo.InvariantCulture,
                $"Images are prepared as for these base weights: shorter side resized to {resize} "
                    + $"px, centre crop of {_shape.ImageSize} px, "
                    + $"mean {mean}, standard deviation {std}."));
        }

        return new AdapterDescription
        {
            Method = method,
            Backbone = _shape,
            Pooling = _head.Pooling,
            Findings = known ?? [.. Enumerable.Range(1, findings).Select(i => $"finding_{i}")],
            Preprocessing = new Preprocessing(_shape.ImageSize, resize, mean, std),
            BaseWeights = _baseFile,
            BaseSha256 = _hash ?? _adapter.Facts?.BaseSha256 ?? "",
            BaseDescription = $"{_weights?.Description ?? _adapter.Facts?.BaseDescription} (adapter imported: {_adapter.Description})",
            BaseResizing = _weights?.Resizing,
            BaseLicence = _weights?.Licence ?? _adapter.Facts?.BaseLicence,
            Seed = _adapter.Facts?.Seed ?? 0,
        };
    }
}
