using Radapt.Compute;
using static TorchSharp.torch;

namespace Radapt.Tests.Compute;

public class KeptMemoryTests
{
    private const long Side = 1031; // no other test's tensors have this size

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.BFloat16)]
    public void Empty_LargeShape_IsATensorLikeAnyOther(ScalarType type)
    {
        using var scope = NewDisposeScope();
        Tensor tensor = KeptMemory.Empty([3, Side, Side], type);
        tensor.FillInPlace(2);
        Assert.Equal([3, Side, Side], tensor.shape);
        Assert.Equal(type, tensor.dtype);
        Assert.True(tensor.is_contiguous());
        Assert.Equal(0, TensorAddress.Get(tensor) % 64);
        tensor.requires_grad = true;
        tensor.Times(3).sum().backward();
        Assert.Equal(3f, tensor.grad!.to(ScalarType.Float32).mean().item<float>());
    }

    [Fact]
    public void Empty_TensorOfTheSizeIsGone_TakesItsPlace()
    {
        nint first;
        using (Tensor tensor = KeptMemory.Empty([Side, Side + 2], ScalarType.Float32))
        {
            first = TensorAddress.Get(tensor);
        }

        using Tensor next = KeptMemory.Empty([Side + 2, Side], ScalarType.Float32);
        Assert.Equal(first, TensorAddress.Get(next));
    }

    [Fact]
    public void Empty_ViewOutlivesTheTensor_KeepsItsNumbers()
    {
        using var scope = NewDisposeScope();
        Tensor tensor = KeptMemory.Empty([Side, Side + 4], ScalarType.Float32);
        tensor.FillInPlace(7);
        Tensor row = tensor[Side - 1];
        tensor.Dispose();
        KeptMemory.Empty([Side, Side + 4], ScalarType.Float32).FillInPlace(0);
        Assert.Equal(7f, row.min().item<float>());
    }

    [Fact]
    public void Empty_SameSizesAgainAndAgain_TakesNoMoreMemory()
    {
        Write();
        long before = KeptMemory.BytesIn(4 * Side * (Side + 6));
        Write();
        Write();
        Assert.Equal(2 * 4 * Side * (Side + 6), before);
        Assert.Equal(before, KeptMemory.BytesIn(4 * Side * (Side + 6)));

        static void Write()
        {
            using Tensor one = KeptMemory.Empty([Side, Side + 6], ScalarType.Float32);
            using Tensor other = KeptMemory.Empty([Side, Side + 6], ScalarType.Float32);
        }
    }
}
