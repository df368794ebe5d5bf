using Radapt.Adaptation;
using Radapt.Compute;
using Radapt.Models;
using static TorchSharp.torch;

namespace Radapt.Tests.Adaptation.Methods;

/// <summary>
/// The classifier written out once more with plain operations on copies of its tensors, with places for what methods change: an
/// implementation to compare with, independent of slots, kernels and modules.
/// </summary>
internal sealed class PlainTransformer
{
    private readonly Dictionary<string, Tensor> _tensors;

    public PlainTransformer(Classifier classifier)
    {
        _tensors = classifier.Tensors().ToDictionary(t => t.Name, t => t.Tensor.detach().clone().requires_grad_(t.Tensor.requires_grad));
        Map = (t, name, x) => t.Plain(name, x);
    }

    /// <summary>A projection: this, its name, its input.</summary>
    public Func<PlainTransformer, string, Tensor, Tensor> Map { get; set; }

    /// <summary>What becomes of the attention branch: its name, its input, its output.</summary>
    public Func<string, Tensor, Tensor, Tensor> AttentionBranch { get; set; } = (_, _, y) => y;

    /// <summary>The same for the MLP branch.</summary>
    public Func<string, Tensor, Tensor, Tensor> MlpBranch { get; set; } = (_, _, y) => y;

    /// <summary>Prompt tokens after the class token, as in their paper.</summary>
    public int Prompts { get; set; }

    public Tensor this[string name] => _tensors[name];

    public Tensor? Find(string name) => _tensors.GetValueOrDefault(name);

    public Tensor Plain(string name, Tensor x) => x.matmul(this[name + ".weight"].t()).Plus(this[name + ".bias"]);

    /// <summary>(B, 1, S, S) -> (B, F).</summary>
    public Tensor Forward(Tensor images)
    {
        BackboneShape shape = MethodCase.Shape;
        (long b, int g, int p) = (images.shape[0], shape.Grid, shape.PatchSize);
        Tensor patches = images.expand(-1, 3, -1, -1).reshape(b, 3, g, p, g, p).permute(0, 2, 4, 1, 3, 5).reshape(b, g * g, 3 * p * p);
        Tensor x = patches.matmul(this["patch_embed.proj.weight"].flatten(1).t()).Plus(this["patch_embed.proj.bias"]);
        x = cat([this["cls_token"].expand(b, -1, -1), x], 1).Plus(this["pos_embed"]);
        for (int i = 0; i < shape.Depth; i++)
        {
            string block = $"blocks.{i}";
            if (Find(block + ".prompts") is { } prompts)
            {
                long own = i == 0 ? 1 : 1 + Prompts;
                x = cat([x[.., ..1], prompts.unsqueeze(0).expand(b, -1, -1), x.narrow(1, own, x.shape[1] - own)], 1);
            }

            Tensor input = Norm(block + ".norm1", x);
            x = x.Plus(AttentionBranch(block + ".attn", input, Attend(block + ".attn", input, shape)));
            input = Norm(block + ".norm2", x);
            x = x.Plus(
                MlpBranch(block + ".mlp", input, Map(this, block + ".mlp.fc2", nn.functional.gelu(Map(this, block + ".mlp.fc1", input)))));
        }

        return Plain("head", Norm("fc_norm", x.narrow(1, 1 + Prompts, g * g).mean([1])));
    }

    private Tensor Attend(string name, Tensor x, BackboneShape shape)
    {
        int channels = shape.Width / shape.Heads;
        Tensor[] qkv = Map(this, name + ".qkv", x).chunk(3, -1);
        IEnumerable<Tensor> heads = Enumerable.Range(0, shape.Heads).Select(h =>
        {
            Tensor[] own = [.. qkv.Select(t => t.narrow(2, h * channels, channels))];
            return own[0].matmul(own[1].transpose(1, 2)).DividedBy(Math.Sqrt(channels)).softmax(-1).matmul(own[2]);
        });
        return Map(this, name + ".proj", cat([.. heads], 2));
    }

    private Tensor Norm(string name, Tensor x)
    {
        Tensor centred = x - x.mean([-1], keepdim: true);
        Tensor deviation = centred.square().mean([-1], keepdim: true).Plus(1e-6).sqrt();
        return (centred / deviation * this[name + ".weight"]).Plus(this[name + ".bias"]);
    }
}
