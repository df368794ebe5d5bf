using TorchSharp;

namespace Radapt.Compute;

/// <summary>
/// What decides the bits of a result besides the recipe: precision, device and thread count. Decided once, written to the resolved
/// recipe, reused by resume, so that a resumed run equals an undisturbed one bit for bit.
/// </summary>
/// <param name="Precision">Type of the activations and of the matrix products: <c>float32</c>.</param>
/// <param name="Device">Where tensors live: <c>cpu</c> or <c>cuda</c>.</param>
/// <param name="Threads">Threads of the tensor kernels.</param>
public sealed record ComputePlan(string Precision, string Device, int Threads)
{
    /// <summary>float32 on the CPU.</summary>
    public static ComputePlan Float32 { get; } = new("float32", "cpu", Environment.ProcessorCount);

    internal torch.Device TorchDevice => new(Device);
}
