using Radapt.Checkpoints;

namespace Radapt.Models.Dialects;

/// <summary>
/// The part of a file that is a model's state dict, by the names inside the model. Checkpoints wrap it in <c>model</c>,
/// <c>state_dict</c>, <c>teacher</c>, <c>module</c>, <c>backbone</c>, …; the patch embedding, which every vision transformer has, shows
/// where it is.
/// </summary>
internal sealed class StateDict
{
    /// <summary>The patch embedding in the names of timm, MAE, MRM and DINOv2, and in those of Hugging Face.</summary>
    public const string Native = "patch_embed.proj.weight", HuggingFace = "embeddings.patch_embeddings.projection.weight",
        HuggingFaceDinov3 = "embeddings.patch_embeddings.weight";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> Anchors { get; } = [Native, HuggingFace, HuggingFaceDinov3];

    private readonly Dictionary<string, TensorInfo> _inside = new(StringComparer.Ordinal);

    /// <param name="file">The checkpoint.</param>
    /// <param name="copy">Which of several copies of the encoder, see <see cref="EncoderCopies.Choose"/>.</param>
    /// <exception cref="RadaptException">There is no such copy.</exception>
    public StateDict(CheckpointFile file, string copy = EncoderCopies.Auto)
    {
        File = file;
        Copies = EncoderCopies.Find(file);
        Copy = EncoderCopies.Choose(Copies, copy, file.Path);
        Prefix = Copy?.Prefix ?? "";
        foreach (TensorInfo tensor in file.Tensors)
        {
            if (tensor.Name.StartsWith(Prefix, StringComparison.Ordinal))
            {
                _inside[tensor.Name[Prefix.Length..]] = tensor;
            }
        }
    }

    public CheckpointFile File { get; }

    /// <summary>The encoders of the file; the one that is usually read first.</summary>
    public IReadOnlyList<EncoderCopy> Copies { get; }

    /// <summary>The one that this reads; null where the file holds none.</summary>
    public EncoderCopy? Copy { get; }

    /// <summary>What is before the model's names, with its last dot.</summary>
    public string Prefix { get; }

    /// <summary>Names inside the model.</summary>
    public IEnumerable<string> Names => _inside.Keys;

    public bool Has(string name) => _inside.ContainsKey(name);

    public bool HasAny(string start) => _inside.Keys.Any(n => n.StartsWith(start, StringComparison.Ordinal));

    public bool HasAnyEnding(string end) => _inside.Keys.Any(n => n.EndsWith(end, StringComparison.Ordinal));

    public IReadOnlyList<long>? ShapeOf(string name) => _inside.GetValueOrDefault(name)?.Shape;

    /// <summary>The names that pass, each with its name in the file.</summary>
    public IReadOnlyDictionary<string, string> Select(Func<string, bool> which) =>
        _inside.Where(t => which(t.Key)).ToDictionary(t => t.Key, t => t.Value.Name, StringComparer.Ordinal);
}
