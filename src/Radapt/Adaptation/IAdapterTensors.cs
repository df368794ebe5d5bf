using static TorchSharp.torch;

namespace Radapt.Adaptation;

/// <summary>An adapter's own tensors, float32 and trained; it owns them.</summary>
internal interface IAdapterTensors : IDisposable
{
    /// <summary>The last part of each tensor's name, such as <c>lora_A</c>, and the tensor.</summary>
    IEnumerable<(string Name, Tensor Tensor)> Tensors();
}
