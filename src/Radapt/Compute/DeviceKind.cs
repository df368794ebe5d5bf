namespace Radapt.Compute;

/// <summary>Where tensors live.</summary>
public enum DeviceKind
{
    /// <summary>The processor's memory.</summary>
    Cpu,

    /// <summary>A CUDA device's memory.</summary>
    Cuda,
}
