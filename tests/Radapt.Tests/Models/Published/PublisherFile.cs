using Radapt.Models;
using Radapt.Models.Published;
using TorchSharp;
using static TorchSharp.torch;

namespace Radapt.Tests.Models.Published;

/// <summary>
/// Tensors named and shaped as the publishers' own code saves them, written down from that code and not from Radapt's dialects; small,
/// and random.
/// </summary>
internal static class PublisherFile
{
    /// <summary>The same kind of transformer with few and narrow blocks.</summary>
    public static BackboneShape Small(BackboneShape shape) => shape with
    {
        ImageSize = shape.Positions == PatchPositions.Rotary ? 224 : 3 * shape.PatchSize, // what is taken where no tensor tells it
        Depth = 2,
        Width = 64,
        Heads = 1,
        HiddenWidth = shape.SwiGlu ? 176 : 256,
    };

    /// <summary>What the file of an entry holds.</summary>
    public static Dictionary<string, Tensor> Tensors(PublishedWeights weights)
    {
        BackboneShape shape = Small(weights.Shape);
        Dictionary<string, Tensor> tensors = weights.Name switch
        {
            "mrm" => Under("model.", [.. Native(shape), .. MaeDecoder(shape), .. ReportDecoder()]),
            "mae-cxr-base" or "mae-cxr-small" => Under("model.", [.. Native(shape), .. MaeDecoder(shape)]),
            "mae-base" or "mae-large" or "mae-huge" => Under("model.", Native(shape)),
            "chexfound" => Under("teacher.", [.. Dinov2(shape, chunked: true).Select(t => ($"backbone.{t.Name}", t.Shape)),
                ("dino_head.mlp.0.weight", [8, 64]), ("ibot_head.mlp.0.weight", [8, 64])]),
            _ when weights.Dialect == "dinov3" => Under("", Dinov3(shape, hasBias: weights.Name != "dinov3-7b")),
            _ when weights.Dialect == "eva" => Under("model.", Eva(shape)),
            _ when weights.Dialect == "dinov2" => Under("", Dinov2(shape, chunked: false)),
            _ => Under("", HuggingFaceDinov2(shape)),
        };
        WriteRotation(tensors, shape);
        return tensors;
    }

    /// <summary>Puts the rotary values in that the publishers' code computes: periods in bfloat16, or cosines.</summary>
    public static void WriteRotation(Dictionary<string, Tensor> tensors, BackboneShape shape)
    {
        int d = shape.Width / shape.Heads;
        foreach (string name in tensors.Keys.ToArray())
        {
            if (name.EndsWith("rope_embed.periods", StringComparison.Ordinal))
            {
                float[] periods = [.. Enumerable.Range(0, d / 4).Select(j => (float)Math.Pow(100, 4.0 * j / d))];
                tensors[name] = tensor(periods).to(ScalarType.BFloat16);
            }
            else if (name.EndsWith("rope.freqs_cos", StringComparison.Ordinal))
            {
                // meshgrid of t / ft * 14, frequencies 10000^(-2 j / (D / 2)), each twice; rows first
                Tensor place = arange(shape.Grid, ScalarType.Float64) * (14.0 / shape.Grid).ToTensor();
                Tensor frequency = pow(10000.0.ToTensor(), arange(0, d / 2, 2, ScalarType.Float64) * (-2.0 / d).ToTensor());
                Tensor once = (place.unsqueeze(1) * frequency).repeat_interleave(2, 1); // (G, D / 2)
                Tensor rows = once.unsqueeze(1).expand(-1, shape.Grid, -1);
                Tensor columns = once.unsqueeze(0).expand(shape.Grid, -1, -1);
                tensors[name] = cat([rows, columns], 2).view(-1, d).cos().to(ScalarType.Float32);
            }
        }
    }

    // timm's PatchEmbed and Block, which MAE, MRM and medical MAE use.
    private static (string Name, long[] Shape)[] Native(BackboneShape s) =>
    [
        ("cls_token", [1, 1, s.Width]), ("pos_embed", [1, 1 + (s.Grid * s.Grid), s.Width]),
        ("patch_embed.proj.weight", [s.Width, 3, s.PatchSize, s.PatchSize]), ("patch_embed.proj.bias", [s.Width]),
        .. Enumerable.Range(0, s.Depth).SelectMany(i => Block($"blocks.{i}.", s.Width, 4 * s.Width)),
        ("norm.weight", [s.Width]), ("norm.bias", [s.Width]),
    ];

    private static (string Name, long[] Shape)[] Block(string start, long c, long hidden) =>
    [
        ($"{start}norm1.weight", [c]), ($"{start}norm1.bias", [c]), ($"{start}norm2.weight", [c]), ($"{start}norm2.bias", [c]),
        .. Linear($"{start}attn.qkv", c, 3 * c), .. Linear($"{start}attn.proj", c, c),
        .. Linear($"{start}mlp.fc1", c, hidden), .. Linear($"{start}mlp.fc2", hidden, c),
    ];

    private static (string Name, long[] Shape)[] MaeDecoder(BackboneShape s) =>
    [
        .. Linear("decoder_embed", s.Width, 32), ("mask_token", [1, 1, 32]), ("decoder_pos_embed", [1, 1 + (s.Grid * s.Grid), 32]),
        .. Block("decoder_blocks.0.", 32, 128), ("decoder_norm.weight", [32]), ("decoder_norm.bias", [32]),
        .. Linear("decoder_pred", 32, 3 * s.PatchSize * s.PatchSize),
    ];

    private static (string Name, long[] Shape)[] ReportDecoder() =>
        [("bert_encoder.model.bert.embeddings.word_embeddings.weight", [20, 16]), .. Linear("bert_mlp", 64, 384)];

    // facebookresearch/dinov2: LayerScale, a mask token, registers, SwiGLU's two halves in w12; training numbers blocks in chunks.
    private static (string Name, long[] Shape)[] Dinov2(BackboneShape s, bool chunked) =>
    [
        ("cls_token", [1, 1, s.Width]), ("pos_embed", [1, 1 + (s.Grid * s.Grid), s.Width]), ("mask_token", [1, s.Width]),
        .. s.Registers > 0 ? [("register_tokens", [1, s.Registers, s.Width])] : ((string, long[])[])[],
        ("patch_embed.proj.weight", [s.Width, 3, s.PatchSize, s.PatchSize]), ("patch_embed.proj.bias", [s.Width]),
        .. Enumerable.Range(0, s.Depth).SelectMany(i => Dinov2Block(chunked ? $"blocks.{i}.{i}." : $"blocks.{i}.", s)),
        ("norm.weight", [s.Width]), ("norm.bias", [s.Width]),
    ];

    private static (string Name, long[] Shape)[] Dinov2Block(string start, BackboneShape s) =>
    [
        ($"{start}norm1.weight", [s.Width]), ($"{start}norm1.bias", [s.Width]),
        ($"{start}norm2.weight", [s.Width]), ($"{start}norm2.bias", [s.Width]),
        ($"{start}ls1.gamma", [s.Width]), ($"{start}ls2.gamma", [s.Width]),
        .. Linear($"{start}attn.qkv", s.Width, 3 * s.Width), .. Linear($"{start}attn.proj", s.Width, s.Width),
        .. Linear($"{start}mlp.{(s.SwiGlu ? "w12" : "fc1")}", s.Width, (s.SwiGlu ? 2 : 1) * s.HiddenWidth),
        .. Linear($"{start}mlp.{(s.SwiGlu ? "w3" : "fc2")}", s.HiddenWidth, s.Width),
    ];

    // Dinov2Model and Dinov2WithRegistersModel of Hugging Face transformers.
    private static (string Name, long[] Shape)[] HuggingFaceDinov2(BackboneShape s) =>
    [
        ("embeddings.cls_token", [1, 1, s.Width]), ("embeddings.mask_token", [1, s.Width]),
        .. s.Registers > 0 ? [("embeddings.register_tokens", [1, s.Registers, s.Width])] : ((string, long[])[])[],
        ("embeddings.position_embeddings", [1, 1 + (s.Grid * s.Grid), s.Width]),
        ("embeddings.patch_embeddings.projection.weight", [s.Width, 3, s.PatchSize, s.PatchSize]),
        ("embeddings.patch_embeddings.projection.bias", [s.Width]),
        .. Enumerable.Range(0, s.Depth).SelectMany(i => HuggingFaceBlock($"encoder.layer.{i}.", s.Width, s.HiddenWidth)),
        ("layernorm.weight", [s.Width]), ("layernorm.bias", [s.Width]),
    ];

    private static (string Name, long[] Shape)[] HuggingFaceBlock(string start, long c, long hidden) =>
    [
        ($"{start}norm1.weight", [c]), ($"{start}norm1.bias", [c]), ($"{start}norm2.weight", [c]), ($"{start}norm2.bias", [c]),
        .. ((string[])["query", "key", "value"]).SelectMany(p => Linear($"{start}attention.attention.{p}", c, c)),
        .. Linear($"{start}attention.output.dense", c, c), .. Linear($"{start}mlp.fc1", c, hidden), .. Linear($"{start}mlp.fc2", hidden, c),
        ($"{start}layer_scale1.lambda1", [c]), ($"{start}layer_scale2.lambda1", [c]),
    ];

    // facebookresearch/dinov3: SelfAttentionBlock with LinearKMaskedBias and SwiGLUFFN; ViT-7B has no bias of queries, keys and values.
    public static (string Name, long[] Shape)[] Dinov3(BackboneShape s, bool hasBias = true) =>
    [
        ("cls_token", [1, 1, s.Width]), ("storage_tokens", [1, s.Registers, s.Width]), ("mask_token", [1, s.Width]),
        ("patch_embed.proj.weight", [s.Width, 3, s.PatchSize, s.PatchSize]), ("patch_embed.proj.bias", [s.Width]),
        ("rope_embed.periods", [s.Width / s.Heads / 4]),
        .. Enumerable.Range(0, s.Depth).SelectMany(i => Dinov3Block($"blocks.{i}.", s, hasBias)),
        ("norm.weight", [s.Width]), ("norm.bias", [s.Width]), ("local_cls_norm.weight", [s.Width]), ("local_cls_norm.bias", [s.Width]),
    ];

    private static (string Name, long[] Shape)[] Dinov3Block(string start, BackboneShape s, bool hasBias) =>
    [
        ($"{start}norm1.weight", [s.Width]), ($"{start}norm1.bias", [s.Width]),
        ($"{start}norm2.weight", [s.Width]), ($"{start}norm2.bias", [s.Width]),
        ($"{start}ls1.gamma", [s.Width]), ($"{start}ls2.gamma", [s.Width]),
        ($"{start}attn.qkv.weight", [3 * s.Width, s.Width]),
        .. hasBias ? [($"{start}attn.qkv.bias", [3 * s.Width]), ($"{start}attn.qkv.bias_mask", [3 * s.Width])] : ((string, long[])[])[],
        .. Linear($"{start}attn.proj", s.Width, s.Width),
        .. s.SwiGlu
            ? [.. Linear($"{start}mlp.w1", s.Width, s.HiddenWidth), .. Linear($"{start}mlp.w2", s.Width, s.HiddenWidth),
                .. Linear($"{start}mlp.w3", s.HiddenWidth, s.Width)]
            : ((string, long[])[])
            [.. Linear($"{start}mlp.fc1", s.Width, s.HiddenWidth), .. Linear($"{start}mlp.fc2", s.HiddenWidth, s.Width)],
    ];

    // EVA-02's VisionTransformer as EVA-X uses it: xformers' SwiGLU in the small models; in the base one its own, with ffn_ln, and the
    // projections apart.
    public static (string Name, long[] Shape)[] Eva(BackboneShape s) =>
    [
        ("cls_token", [1, 1, s.Width]), ("pos_embed", [1, 1 + (s.Grid * s.Grid), s.Width]), ("mask_token", [1, 1, s.Width]),
        ("patch_embed.proj.weight", [s.Width, 3, s.PatchSize, s.PatchSize]), ("patch_embed.proj.bias", [s.Width]),
        ("rope.freqs_cos", [s.Grid * s.Grid, s.Width / s.Heads]), ("rope.freqs_sin", [s.Grid * s.Grid, s.Width / s.Heads]),
        .. Enumerable.Range(0, s.Depth).SelectMany(i => EvaBlock($"blocks.{i}.", s)),
        ("norm.weight", [s.Width]), ("norm.bias", [s.Width]), .. Linear("lm_head", s.Width, 8),
    ];

    private static (string Name, long[] Shape)[] EvaBlock(string start, BackboneShape s) =>
    [
        ($"{start}norm1.weight", [s.Width]), ($"{start}norm1.bias", [s.Width]),
        ($"{start}norm2.weight", [s.Width]), ($"{start}norm2.bias", [s.Width]),
        ($"{start}attn.q_bias", [s.Width]), ($"{start}attn.v_bias", [s.Width]),
        ($"{start}attn.rope.freqs_cos", [s.Grid * s.Grid, s.Width / s.Heads]),
        ($"{start}attn.rope.freqs_sin", [s.Grid * s.Grid, s.Width / s.Heads]),
        .. s.HiddenNorm
            ? [($"{start}attn.q_proj.weight", [s.Width, s.Width]), ($"{start}attn.k_proj.weight", [s.Width, s.Width]),
                ($"{start}attn.v_proj.weight", [s.Width, s.Width]), ($"{start}mlp.ffn_ln.weight", [s.HiddenWidth]),
                ($"{start}mlp.ffn_ln.bias", [s.HiddenWidth]), .. Linear($"{start}mlp.w1", s.Width, s.HiddenWidth),
                .. Linear($"{start}mlp.w2", s.Width, s.HiddenWidth)]
            : ((string, long[])[])
            [($"{start}attn.qkv.weight", [3 * s.Width, s.Width]), .. Linear($"{start}mlp.w12", s.Width, 2 * s.HiddenWidth)],
        .. Linear($"{start}attn.proj", s.Width, s.Width), .. Linear($"{start}mlp.w3", s.HiddenWidth, s.Width),
    ];

    private static (string Name, long[] Shape)[] Linear(string name, long inputs, long outputs) =>
        [($"{name}.weight", [outputs, inputs]), ($"{name}.bias", [outputs])];

    private static Dictionary<string, Tensor> Under(string prefix, (string Name, long[] Shape)[] tensors) =>
        tensors.ToDictionary(t => prefix + t.Name, t => empty(t.Shape).uniform_(-0.5, 0.5));
}
