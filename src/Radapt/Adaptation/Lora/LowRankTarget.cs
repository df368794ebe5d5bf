using Radapt.Models;

namespace Radapt.Adaptation.Lora;

/// <summary>A projection that low-rank methods adapt.</summary>
/// <param name="Name">Such as <c>blocks.0.attn.qkv</c>.</param>
/// <param name="Block">The block it is in, from 0.</param>
/// <param name="Projection">The projection.</param>
/// <param name="Groups">The adapted parts of its output.</param>
/// <param name="Number">Its number in the model, four per block; the key of dropout.</param>
internal sealed record LowRankTarget(string Name, int Block, Projection Projection, OutputGroups Groups, int Number)
{
    /// <summary>Input channels.</summary>
    public long Inputs => Projection.weight.shape[1];

    /// <summary>Output channels.</summary>
    public long Outputs => Projection.weight.shape[0];
}
