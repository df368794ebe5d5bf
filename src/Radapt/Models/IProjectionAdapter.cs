using static TorchSharp.torch;

namespace Radapt.Models;

/// <summary>What may sit in the slot of a <see cref="Projection"/> and compute in its stead.</summary>
internal interface IProjectionAdapter
{
    /// <summary>The adapted projection.</summary>
    /// <param name="projection">The projection whose slot this is; its own weights are unchanged.</param>
    /// <param name="input">(B, N, in)</param>
    /// <param name="pass">Whether this pass trains, and its random key.</param>
    /// <returns>(B, N, out)</returns>
    Tensor Forward(Projection projection, Tensor input, ForwardPass pass);

    /// <summary>What merging adds to the projection, or null where the adapter cannot be merged. The caller's scope owns it.</summary>
    ProjectionDelta? Delta(Projection projection);
}
