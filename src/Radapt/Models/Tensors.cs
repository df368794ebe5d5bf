using Radapt.Compute;
using static TorchSharp.torch;

namespace Radapt.Models;

/// <summary>Makes the tensors that modules hold: uninitialised, float32, frozen until a method says otherwise.</summary>
internal static class Tensors
{
    public static TorchSharp.Modules.Parameter Parameter(ComputePlan plan, params long[] shape)
    {
        var parameter = nn.Parameter(empty(shape, dtype: ScalarType.Float32, device: plan.TorchDevice), requires_grad: false);
        parameter.DetachFromDisposeScope(); // the module owns it
        return parameter;
    }
}
