using Radapt.Compute;
using Radapt.Models;
using static TorchSharp.torch;

namespace Radapt.Adaptation.Methods;

/// <summary>
/// The prompt tokens of visual prompt tuning (Jia et al. 2022). They come after the image's tokens and not after the class token as
/// in the paper, which changes nothing: attention has no order, and prompts have no positions. Nothing reads them after the last block.
/// </summary>
internal sealed class Prompts : ITokenAdapter, IAdapterTensors
{
    private readonly BackboneShape _shape;
    private readonly Tensor[] _prompts; // of block 0, 1, …: (P, C)

    /// <param name="shape">Dimensions of the backbone.</param>
    /// <param name="tokens">Prompt tokens P of a block.</param>
    /// <param name="blocks">Blocks that have some: 1 is shallow, all is deep.</param>
    /// <param name="plan">Device.</param>
    public Prompts(BackboneShape shape, int tokens, int blocks, ComputePlan plan)
    {
        _shape = shape;
        _prompts = [.. Enumerable.Range(0, blocks).Select(_ => (Tensor)Models.Tensors.Parameter(plan, tokens, shape.Width))];
        foreach (Tensor prompt in _prompts)
        {
            prompt.requires_grad = true;
        }
    }

    /// <inheritdoc/>
    public IEnumerable<(string Name, Tensor Tensor)> Tensors() => _prompts.Select((p, block) => ($"blocks.{block}.prompts", p));

    /// <summary>Uniform within sqrt(6 / (3 patch² + C)), as the paper's code: Xavier's bound of the patch embedding.</summary>
    public void Initialise(long seed)
    {
        foreach ((string name, Tensor tensor) in Tensors())
        {
            Initialisation.Uniform(tensor, name, Math.Sqrt(6.0 / ((3 * _shape.PatchSize * _shape.PatchSize) + _shape.Width)), seed);
        }
    }

    /// <inheritdoc/>
    public Tensor Before(int block, Tensor tokens) => block >= _prompts.Length ? tokens
        : cat([Own(tokens, block), _prompts[block].unsqueeze(0).expand(tokens.shape[0], -1, -1)], 1); // (B, N + P, C)

    /// <inheritdoc/>
    public Tensor AfterLast(Tensor tokens) => Own(tokens, _shape.Depth);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Tensor prompt in _prompts)
        {
            prompt.Dispose();
        }
    }

    // The image's tokens: the block before the first had no prompts.
    private Tensor Own(Tensor tokens, int block) => block == 0 ? tokens : tokens.narrow(1, 0, tokens.shape[1] - _prompts[0].shape[0]);
}
