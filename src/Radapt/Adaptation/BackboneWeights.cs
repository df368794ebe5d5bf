using System.Security.Cryptography;
using System.Text;
using Radapt.Adaptation.Files;
using Radapt.Adaptation.Peft;
using Radapt.Checkpoints;
using Radapt.Compute;
using Radapt.Models;
using Radapt.Models.Dialects;
using static TorchSharp.torch;

namespace Radapt.Adaptation;

/// <summary>
/// Where a backbone's weights come from: a checkpoint, or a Radapt run (its base with the adapter merged in; its head is left out).
/// Opening reads names and shapes only.
/// </summary>
internal sealed class BackboneWeights : IDisposable
{
    /// <summary>The file of weights in the run folder of a pre-training.</summary>
    public const string PretrainedName = "weights.safetensors";

    private readonly CheckpointFile _file;
    private readonly RecognisedWeights? _recognised;          // of a checkpoint
    private readonly AdapterDescription? _run;                // of a Radapt run
    private readonly AdapterDescription? _merged;             // of weights that Radapt merged into another dialect's names
    private readonly string _path;

    private BackboneWeights(string path, string dialect, string copy)
    {
        _path = path;
        _file = CheckpointFile.Open(FileIn(path));
        try
        {
            if (_file.Metadata.GetValueOrDefault("format") != AdapterDescription.Format)
            {
                _recognised = WeightsDialect.Recognise(_file, dialect, copy);
                _ = _recognised.Encoder; // now, before data is read: the message says what the file is instead
                _merged = AdapterDescription.FromForeignFile(_file.Metadata, path);
            }
            else
            {
                _run = dialect == WeightsDialect.Auto && copy == EncoderCopies.Auto ? AdapterDescription.FromMetadata(_file.Metadata, path)
                    : throw new RadaptException(
                        $"{path} is a Radapt run: Radapt knows its tensor names, and it contains one "
                            + "encoder. Leave --dialect and --copy out.");
            }
        }
        catch
        {
            _file.Dispose();
            throw;
        }
    }

    /// <summary>The file of weights in a run folder: an adapter, or what pre-training ended with; other paths as they are.</summary>
    public static string FileIn(string path)
    {
        string[] inFolder = [Path.Combine(path, "adapter.safetensors"), Path.Combine(path, PretrainedName)];
        return Array.Find(inFolder, File.Exists) ?? path;
    }

    /// <summary>What the file was recognised as, for people.</summary>
    public string Description => _run is null ? _recognised!.Description : $"Radapt run ({_run.Method} on {_run.BaseDescription})";

    /// <summary>Their licence where the file says it.</summary>
    public string? Licence => (_run ?? _merged) is { } known ? known.BaseLicence : WeightsLicence.Find(_file);

    /// <summary>Dimensions as far as the tensors tell; heads are those usual for the width unless <see cref="TellsHeads"/>.</summary>
    public BackboneShape? Shape => _run?.Backbone ?? _merged?.Backbone ?? _recognised!.Shape;

    /// <summary>Whether the number of heads is known.</summary>
    public bool TellsHeads => _run is not null || _merged is not null || _recognised!.TellsHeads;

    /// <summary>Whether they have the encoder's final norm, which models that read the mean of the patch tokens before it lack.</summary>
    public bool HasNorm => _run is null ? _recognised!.Encoder.ContainsKey("norm.weight")
        : !_run.Method.Definition.HoldsWholeModel || _file.Tensors.Any(t => t.Name == "norm.weight");

    /// <summary>Mean of the gray values that these weights were trained with.</summary>
    public double Mean => (_run ?? _merged)?.Preprocessing.Mean ?? _recognised!.Mean;

    /// <summary>Standard deviation of the gray values that these weights were trained with.</summary>
    public double Std => (_run ?? _merged)?.Preprocessing.Std ?? _recognised!.Std;

    /// <summary>How images were prepared for these weights, where a file beside them says it.</summary>
    public ToldPreparation? Preparation => _run is null && _merged is null ? _recognised!.Preparation : null;

    /// <summary>How positions are resized where the model's image size is another; that of the weights' own code unless set.</summary>
    public PositionResizing? Resizing
    {
        get => field ?? (_run is null && _merged is null ? _recognised!.Resizing : null);
        set;
    }

    /// <summary>Lines that say what shipped weights are, and which tensors of a file are not used, and why.</summary>
    /// <param name="isPretraining">Tensors that only pre-training needs are not among them.</param>
    public IEnumerable<string> LeftOut(bool isPretraining = false) =>
    [
        .. ShippedWeights.Note(_path) is { } note ? [note] : Array.Empty<string>(),
        .. _recognised is not null && EncoderCopies.Note(_recognised.Copies, _recognised.Copy) is { } copy ? [copy] : Array.Empty<string>(),
        .. _recognised?.LeftOut.Where(l => !isPretraining || l.Reason != DialectNames.ForPretraining)
        .Select(l => $"{l.Count} tensors left out: {l.Group} ({l.Reason})") ?? [],
        .. _recognised is { Head.Count: > 0 } ? ["the head of this checkpoint is left out: a new head is trained for the findings"]
        : Array.Empty<string>(),
        .. _recognised is { Lora.Count: > 0 }
        ? [FormattableString.Invariant(
            $"the LoRA adapters of this checkpoint are merged into the backbone with the paper's alpha of {PaperCheckpoint.Alpha}, because such checkpoints do not store it")] : Array.Empty<string>(),
    ];

    /// <param name="path">Checkpoint, adapter file or run folder.</param>
    /// <param name="dialect">Whose names a checkpoint is to be read by; <c>auto</c>: recognised.</param>
    /// <param name="copy">Which of several copies of the encoder; <c>auto</c>: the averaged one.</param>
    /// <exception cref="RadaptException">Missing, unreadable, not of that dialect or copy, or of a model that Radapt does not
    /// have.</exception>
    public static BackboneWeights Open(string path, string dialect = WeightsDialect.Auto, string copy = EncoderCopies.Auto) =>
        new(path, dialect, copy);

    /// <summary>The copy in a file whose tensors have a hash; where none has, the one that is usually read.</summary>
    /// <param name="path">Checkpoint, adapter file or run folder.</param>
    /// <param name="hash">What <see cref="Hash"/> gave when it was used in training.</param>
    /// <exception cref="RadaptException">As <see cref="Open"/>.</exception>
    public static BackboneWeights OpenByHash(string path, string hash)
    {
        BackboneWeights usual = Open(path);
        if (usual._recognised is not { Copies.Count: > 1 } recognised || usual.Hash() == hash)
        {
            return usual;
        }

        foreach (EncoderCopy copy in recognised.Copies.Where(c => c != recognised.Copy && c.Prefix.Length > 0))
        {
            BackboneWeights other = Open(path, copy: copy.Prefix);
            if (other.Hash() == hash)
            {
                usual.Dispose();
                return other;
            }

            other.Dispose();
        }

        return usual;
    }

    /// <summary>Fills the transformer's own tensors; position embeddings are resized to its grid.</summary>
    /// <exception cref="RadaptException">Tensors are missing, unexpected or of another shape; all are named.</exception>
    public void LoadInto(VisionTransformer encoder)
    {
        EnsureFits(encoder);
        using (no_grad())
        {
            if (_run is null)
            {
                LoadCheckpoint(encoder, _recognised!);
            }
            else
            {
                LoadRun(encoder, _run);
            }
        }

        FiniteNumbers.Require(_path, encoder.named_parameters().Select(p => (p.name, (Tensor)p.parameter)));
    }

    /// <summary>Makes sure, by names and shapes alone, that <see cref="LoadInto"/> would fill this transformer.</summary>
    /// <exception cref="RadaptException">Tensors are missing, unexpected or of another shape; all are named.</exception>
    public void EnsureFits(VisionTransformer encoder)
    {
        if (_run is null)
        {
            WeightsCheck.Ensure(_file, _recognised!, [.. encoder.named_parameters().Select(p => (p.name, p.parameter.shape))]);
        }
        else if (_run.Backbone with { ImageSize = encoder.Shape.ImageSize } != encoder.Shape)
        {
            throw new RadaptException(
                $"{_path}: was trained with {_run.Backbone}, not {encoder.Shape}. Leave --backbone and the "
                    + "options of its dimensions out to use the run's own.");
        }
    }

    /// <summary>Hash of what <see cref="LoadInto"/> would load, independent of file format and position grid.</summary>
    public string Hash()
    {
        if (_run is null)
        {
            return CanonicalHash.Compute(_file, _recognised!.Encoder.Concat(TensorParts.Wholes(_recognised.Lora))
                .ToDictionary(n => n.Key, n => n.Value));
        }

        string own =
            CanonicalHash.Compute(_file,
                _file.Tensors.Where(t => !t.Name.StartsWith("head.", StringComparison.Ordinal)
                    && !t.Name.StartsWith("fc_norm.", StringComparison.Ordinal)).ToDictionary(t => t.Name, t => TensorParts.Whole(t.Name)));
        return _run.Method.Definition.HoldsWholeModel ? own
            : Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(_run.BaseSha256 + own)));
    }

    /// <summary>
    /// Loads the base that a run's adapter belongs to: from <paramref name="weights"/> if given, else from where it lay in training.
    /// </summary>
    /// <param name="run">The adapter.</param>
    /// <param name="weights">Where the base weights are now; null: where they were in training.</param>
    /// <param name="encoder">What they are loaded into.</param>
    /// <param name="force">Take other weights than those of training too, where they fit.</param>
    /// <returns>A line that says so where other weights were taken, else null.</returns>
    /// <exception cref="RadaptException">It is not there, or it is not the same weights.</exception>
    public static string? LoadBase(AdapterDescription run, string? weights, VisionTransformer encoder, bool force = false)
    {
        string? path = weights ?? run.BaseWeights;
        if (path is null)
        {
            Initialisation.FromScratch(encoder, run.Seed);
            return null;
        }

        if (!ShippedWeights.Exists(path))
        {
            throw new RadaptException(
                $"{path}: the base weights of this adapter are no longer there. Give their new path with --weights.");
        }

        using BackboneWeights source = OpenByHash(path, run.BaseSha256);
        source.Resizing = run.BaseResizing ?? PositionEmbedding.ResizingOf(run.Backbone);
        string? other = source.Hash() is var hash && hash == run.BaseSha256 ? null
            : $"{path}: these are not the base weights of this adapter (the hash of their tensors is "
                + $"{hash[..12]}…, the adapter was trained on "
                + $"{run.BaseSha256[..Math.Min(12, run.BaseSha256.Length)]}…)";
        if (other is not null && !force)
        {
            throw new RadaptException($"{other}. Give the right file with --weights, or use these with --force.");
        }

        source.LoadInto(encoder);
        return other is null ? null : $"{other}; they are used anyway (--force).";
    }

    /// <summary><c>fc_norm.*</c> and <c>head.*</c> of the file, float32, where it has them; the caller's scope owns them.</summary>
    public IReadOnlyDictionary<string, Tensor> ReadHead() =>
        (_recognised?.Head ?? _file.Tensors.Select(t => t.Name).Where(
            n => n.StartsWith("fc_norm.", StringComparison.Ordinal) || n.StartsWith("head.", StringComparison.Ordinal))
                .ToDictionary(n => n))
            .ToDictionary(n => n.Key, n => _file.ReadFloat32(n.Value));

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private void LoadCheckpoint(VisionTransformer encoder, RecognisedWeights recognised)
    {
        RequireRotation(encoder, recognised);
        foreach ((string name, TorchSharp.Modules.Parameter parameter) in encoder.named_parameters())
        {
            Copy(name, recognised.Encoder[name], parameter, encoder.Shape);
        }

        if (recognised.MasksKeyBias)
        {
            foreach (Block block in encoder.blocks)
            {
                using var scope = NewDisposeScope();
                block.attn.qkv.bias.narrow(0, encoder.Shape.Width, encoder.Shape.Width).FillInPlace(0);
            }
        }

        if (recognised.Lora.Count > 0)
        {
            MergePaperLora(encoder);
        }
    }

    // Rotary positions are computed; those that a file stores must be the same.
    private void RequireRotation(VisionTransformer encoder, RecognisedWeights recognised)
    {
        if (recognised.StoredRotation is not { } name)
        {
            return;
        }

        using Tensor stored = _file.ReadFloat32(name);
        if (RotaryPositions.Problem(stored, recognised.Shape! with { Heads = encoder.Shape.Heads }) is { } problem)
        {
            throw new RadaptException(
                $"{_path} ({recognised.Description}) {problem} ({name}), so Radapt's model would compute something else. Use other weights.");
        }
    }

    private void LoadRun(VisionTransformer encoder, AdapterDescription run)
    {
        AdaptationMethod method = run.Method.Definition;
        if (!method.HoldsWholeModel && !method.Merges)
        {
            throw new RadaptException(
                $"{_path}: was trained with {run.Method}, whose adapters cannot be merged into a backbone. Start from its base weights "
                    + $"({run.BaseWeights ?? "random ones"}) or from a run of another method.");
        }

        AdapterFile.EnsureFits(_path, run);
        if (!method.HoldsWholeModel)
        {
            LoadBase(run, null, encoder);
        }

        foreach ((string name, TorchSharp.Modules.Parameter parameter) in encoder.named_parameters()
            .Where(p => method.IsTrained(p.name, run.Method, encoder.Shape)))
        {
            Copy(name, TensorParts.Whole(name), parameter, encoder.Shape);
        }

        MergeInto(encoder, run.Method);
    }

    private void MergePaperLora(VisionTransformer encoder)
    {
        using var scope = NewDisposeScope();
        foreach (LowRankUpdate update in PaperCheckpoint.ReadLora(_file, PaperCheckpoint.Alpha))
        {
            if (update.Place.Block >= encoder.Shape.Depth || update.A.shape[1] != encoder.Shape.Width)
            {
                throw new RadaptException(
                    $"{_path}: LoRA of {update.Place.Projection} does not fit a backbone of depth {encoder.Shape.Depth} "
                        + $"and width {encoder.Shape.Width}.");
            }

            update.AddTo(encoder.blocks[update.Place.Block].attn.qkv.weight);
        }
    }

    private void Copy(string name, TensorParts parts, Tensor target, BackboneShape shape)
    {
        IReadOnlyList<long> stored = parts.ShapeIn(_file)!;
        if (name != "pos_embed" || stored.SequenceEqual(target.shape))
        {
            _file.ReadInto(parts, target);
            return;
        }

        using var scope = NewDisposeScope();
        Tensor positions = empty([.. stored]);
        _file.ReadInto(parts, positions);
        target.CopyInPlace(PositionEmbedding.Resize(positions, shape, Resizing));
    }

    private void MergeInto(VisionTransformer encoder, MethodOptions options)
    {
        using AttachedAdapters? adapters =
            options.Definition.Adapters(encoder, options, new ComputePlan("float32", encoder.cls_token.device.ToString(), 1), seed: 0);
        foreach ((string name, Tensor tensor) in adapters?.Tensors() ?? [])
        {
            Copy(name, TensorParts.Whole(name), tensor, encoder.Shape);
        }

        adapters?.AddToBase();
    }
}
