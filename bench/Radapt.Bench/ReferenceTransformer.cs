using Radapt.Models;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Radapt.Bench;

/// <summary>
/// The eager float32 reference: the paper's classifier written down with the tensor library's own modules and default settings, as
/// anyone would port it. What Radapt is faster than, and what its loss must agree with.
/// </summary>
internal sealed class ReferenceTransformer : nn.Module<Tensor, Tensor>
{
    public readonly Conv2d proj;
    public readonly Parameter cls_token; // (1, 1, C)
    public readonly Parameter pos_embed; // (1, N, C)
    public readonly ModuleList<ReferenceBlock> blocks;
    public readonly TorchSharp.Modules.LayerNorm fc_norm;
    public readonly Linear head;

    public ReferenceTransformer(BackboneShape shape, int findings, int loraRank, double loraDropout, double dropPath)
        : base(nameof(ReferenceTransformer))
    {
        proj = nn.Conv2d(3, shape.Width, shape.PatchSize, shape.PatchSize);
        cls_token = nn.Parameter(zeros(1, 1, shape.Width));
        pos_embed = nn.Parameter(zeros(1, shape.Tokens, shape.Width));
        blocks = nn.ModuleList([.. StochasticDepth.Rates(dropPath, shape.Depth)
            .Select(rate => new ReferenceBlock(shape.Width, shape.Heads, loraRank, loraDropout, rate))]);
        fc_norm = nn.LayerNorm(shape.Width, eps: 1e-6);
        head = nn.Linear(shape.Width, findings);
        RegisterComponents();
    }

    /// <summary>(B, 3, S, S) -> (B, F).</summary>
    public override Tensor forward(Tensor images)
    {
        Tensor patches = proj.forward(images).flatten(2).transpose(1, 2); // (B, N-1, C)
        Tensor tokens = cat([cls_token.expand(patches.shape[0], -1, -1), patches], 1) + pos_embed; // (B, N, C)
        foreach (ReferenceBlock block in blocks)
        {
            tokens = block.forward(tokens);
        }

        return head.forward(fc_norm.forward(tokens[.., 1.., ..].mean([1])));
    }
}

/// <summary>A pre-norm block with stochastic depth.</summary>
internal sealed class ReferenceBlock : nn.Module<Tensor, Tensor>
{
    public readonly TorchSharp.Modules.LayerNorm norm1;
    public readonly ReferenceAttention attn;
    public readonly TorchSharp.Modules.LayerNorm norm2;
    public readonly Linear fc1;
    public readonly GELU act;
    public readonly Linear fc2;

    private readonly double _dropPath;

    public ReferenceBlock(int width, int heads, int loraRank, double loraDropout, double dropPath)
        : base(nameof(ReferenceBlock))
    {
        _dropPath = dropPath;
        norm1 = nn.LayerNorm(width, eps: 1e-6);
        attn = new ReferenceAttention(width, heads, loraRank, loraDropout);
        norm2 = nn.LayerNorm(width, eps: 1e-6);
        fc1 = nn.Linear(width, 4 * width);
        act = nn.GELU();
        fc2 = nn.Linear(4 * width, width);
        RegisterComponents();
    }

    /// <summary>(B, N, C) -> (B, N, C).</summary>
    public override Tensor forward(Tensor tokens)
    {
        tokens = tokens + DropPath(attn.forward(norm1.forward(tokens)));
        return tokens + DropPath(fc2.forward(act.forward(fc1.forward(norm2.forward(tokens)))));
    }

    private Tensor DropPath(Tensor branch)
    {
        if (!training || _dropPath == 0)
        {
            return branch;
        }

        double keep = 1 - _dropPath;
        Tensor mask = (rand(branch.shape[0], 1, 1) + keep).floor(); // (B, 1, 1)
        return branch / keep * mask;
    }
}

/// <summary>Self-attention with fused qkv, spelled out, and LoRA on q and v.</summary>
internal sealed class ReferenceAttention : nn.Module<Tensor, Tensor>
{
    public readonly Linear qkv;
    public readonly Linear proj;
    public readonly Linear? q_A; // null where nothing is adapted
    public readonly Linear? q_B;
    public readonly Linear? v_A;
    public readonly Linear? v_B;
    public readonly Dropout lora_dropout;

    private const double Alpha = 32;

    private readonly int _heads;
    private readonly double _loraScale;

    public ReferenceAttention(int width, int heads, int loraRank, double loraDropout)
        : base(nameof(ReferenceAttention))
    {
        _heads = heads;
        _loraScale = Alpha / loraRank;
        qkv = nn.Linear(width, 3 * width);
        proj = nn.Linear(width, width);
        lora_dropout = nn.Dropout(loraDropout);
        if (loraRank > 0)
        {
            (q_A, q_B) = (nn.Linear(width, loraRank, hasBias: false), nn.Linear(loraRank, width, hasBias: false));
            (v_A, v_B) = (nn.Linear(width, loraRank, hasBias: false), nn.Linear(loraRank, width, hasBias: false));
        }

        RegisterComponents();
    }

    /// <summary>(B, N, C) -> (B, N, C).</summary>
    public override Tensor forward(Tensor tokens)
    {
        (long b, long n, long c) = (tokens.shape[0], tokens.shape[1], tokens.shape[2]);
        Tensor fused = qkv.forward(tokens); // (B, N, 3C)
        if (q_A is not null)
        {
            Tensor dropped = lora_dropout.forward(tokens);
            Tensor q = q_B!.forward(q_A.forward(dropped)) * _loraScale;
            Tensor v = v_B!.forward(v_A!.forward(dropped)) * _loraScale;
            fused = fused + cat([q, zeros_like(q), v], -1);
        }

        Tensor heads = fused.reshape(b, n, 3, _heads, c / _heads).permute(2, 0, 3, 1, 4); // (3, B, H, N, C/H)
        Tensor scores = heads[0].matmul(heads[1].transpose(-2, -1)) * Math.Pow(c / _heads, -0.5); // (B, H, N, N)
        Tensor attended = scores.softmax(-1).matmul(heads[2]); // (B, H, N, C/H)
        return proj.forward(attended.transpose(1, 2).reshape(b, n, c));
    }
}
