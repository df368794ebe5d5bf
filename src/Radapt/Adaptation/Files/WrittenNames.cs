using System.Text.RegularExpressions;
using Radapt.Checkpoints;
using Radapt.Compute;
using Radapt.Models;
using Radapt.Models.Dialects;
using static TorchSharp.torch;

namespace Radapt.Adaptation.Files;

/// <summary>
/// A whole classifier's tensors in the names of a dialect, the way its own program saves them; the reverse of reading them.
/// </summary>
internal static partial class WrittenNames
{
    // Version 5 of transformers renamed what is in attention, and ViT's feed-forward.
    private static readonly (string Native, string Name)[] s_huggingFace5 =
        [("attn.proj", "attention.o_proj"), ("mlp.fc1", "mlp.fc1"), ("mlp.fc2", "mlp.fc2")];

    private static readonly (string Native, string Vit, string Dinov2)[] s_huggingFace =
    [
        ("norm1", "layernorm_before", "norm1"), ("norm2", "layernorm_after", "norm2"),
        ("attn.proj", "attention.output.dense", "attention.output.dense"),
        ("mlp.fc1", "intermediate.dense", "mlp.fc1"), ("mlp.fc2", "output.dense", "mlp.fc2"),
        ("mlp.w12", "", "mlp.weights_in"), ("mlp.w3", "", "mlp.weights_out"), ("ls1", "", "layer_scale1"), ("ls2", "", "layer_scale2"),
    ];

    /// <summary>The dialects that there is a way to write: <c>native</c> is Radapt's own file of method full.</summary>
    public static IReadOnlyList<string> Dialects { get; } = ["native", "timm", "mae", "dinov2", "huggingface", "huggingface5"];

    /// <summary>Renames, splits or folds; the caller's scope owns what is new.</summary>
    /// <exception cref="RadaptException">The dialect has no such transformer.</exception>
    public static Dictionary<string, Tensor> For(
        string dialect, IReadOnlyDictionary<string, Tensor> tensors, BackboneShape shape) => dialect switch
        {
            not "native" when shape.Positions != PatchPositions.Learned => throw new RadaptException(
                $"--dialect {dialect}: merged weights with rotary positions (DINOv3, EVA) are written in Radapt's own names only; leave "
                    + "--dialect out, or use radapt adapter export."),
            "timm" => Timm(tensors, shape),
            "huggingface" or "huggingface5" =>
                tensors.SelectMany(t => HuggingFace(t.Key, t.Value, shape, isVersion5: dialect == "huggingface5"))
                    .ToDictionary(t => t.Name, t => t.Tensor),
            "mae" when shape.LayerScale || shape.Registers > 0 || shape.SwiGlu =>
                throw new RadaptException(
                    "--dialect mae: MAE's code has no registers, LayerScale or SwiGLU; choose dinov2, timm or huggingface."),
            _ => tensors.ToDictionary(),
        };

    /// <summary>What a file keeps a classifier's tensors as, in whichever of these dialects.</summary>
    public static IReadOnlyDictionary<string, TensorParts> Read(CheckpointFile file)
    {
        RecognisedWeights weights = WeightsDialect.Recognise(file);
        return weights.Encoder.Concat(TensorParts.Wholes(weights.Head))
            .Concat(file.Tensors.Where(t => t.Name.StartsWith("fc_norm.", StringComparison.Ordinal))
                .Select(t => KeyValuePair.Create(t.Name, TensorParts.Whole(t.Name))))
            .DistinctBy(t => t.Key).ToDictionary();
    }

    // With registers the class token carries its position; SwiGLU's projections are named as an MLP's.
    private static Dictionary<string, Tensor> Timm(IReadOnlyDictionary<string, Tensor> tensors, BackboneShape shape)
    {
        var written = tensors.ToDictionary(
            t => t.Key.Replace(".mlp.w12.", ".mlp.fc1.", StringComparison.Ordinal)
                .Replace(".mlp.w3.", ".mlp.fc2.", StringComparison.Ordinal), t => t.Value);
        if (shape.Registers > 0)
        {
            Tensor positions = tensors["pos_embed"];
            written["cls_token"] = tensors["cls_token"].Plus(positions[.., ..1, ..]);
            written["pos_embed"] = positions[.., 1.., ..];
            written["reg_token"] = tensors["register_tokens"];
            written.Remove("register_tokens");
        }

        return written;
    }

    private static IEnumerable<(string Name, Tensor Tensor)> HuggingFace(string name, Tensor tensor, BackboneShape shape, bool isVersion5)
    {
        string model = !shape.LayerScale ? "vit." : shape.Registers > 0 ? "dinov2_with_registers." : "dinov2.";
        Match block = InBlock().Match(name);
        string leaf = name[(name.LastIndexOf('.') + 1)..];
        if (!block.Success)
        {
            return [(name switch
            {
                "cls_token" or "register_tokens" => $"{model}embeddings.{name}",
                "pos_embed" => $"{model}embeddings.position_embeddings",
                "patch_embed.proj.weight" or "patch_embed.proj.bias" => $"{model}embeddings.patch_embeddings.projection.{leaf}",
                "norm.weight" or "norm.bias" => $"{model}layernorm.{leaf}",
                "head.weight" or "head.bias" => $"classifier.{leaf}",
                _ => name, // fc_norm, which Hugging Face's classes do not have
            }, tensor)];
        }

        string layer = $"{model}{(isVersion5 && !shape.LayerScale ? "layers" : "encoder.layer")}.{block.Groups["number"].Value}.";
        string part = block.Groups["part"].Value;
        if (part == "attn.qkv")
        {
            Tensor[] thirds = tensor.chunk(3, 0);
            string[] names = isVersion5 ? ["q_proj", "k_proj", "v_proj"] : ["attention.query", "attention.key", "attention.value"];
            return names.Select((third, i) => ($"{layer}attention.{third}.{leaf}", thirds[i]));
        }

        if (isVersion5 && s_huggingFace5.FirstOrDefault(n => n.Native == part).Name is { } renamed)
        {
            return [($"{layer}{renamed}.{leaf}", tensor)];
        }

        (_, string vit, string dinov2) = s_huggingFace.First(n => n.Native == part);
        return [($"{layer}{(shape.LayerScale ? dinov2 : vit)}.{(leaf == "gamma" ? "lambda1" : leaf)}", tensor)];
    }

    [GeneratedRegex(@"^blocks\.(?<number>[0-9]+)\.(?<part>.+)\.[^.]+$")]
    private static partial Regex InBlock();
}
