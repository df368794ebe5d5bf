using Radapt.Compute;
using Radapt.Compute.Functions;
using TorchSharp;
using static TorchSharp.torch;

namespace Radapt.Tests.Compute.Functions;

/// <summary>
/// What TorchSharp's custom functions would hold is freed. It is reached by reflection, so another version of TorchSharp may hide it.
/// </summary>
public sealed class GraphMemoryTests
{
    private static long LiveTensors => DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void FreeDuplicateOutputs_AfterApply_FreesOneTensorOfEveryOutput(int outputs)
    {
        using var scope = NewDisposeScope();
        List<Tensor> results = Copies.apply(ones(4, requires_grad: true), outputs);
        long before = LiveTensors;

        GraphMemory.FreeDuplicateOutputs();

        Assert.Equal(before - outputs, LiveTensors);
        Assert.All(results, r => Assert.Equal(4, r.sum().item<float>()));
    }

    [Fact]
    public void Return_BackwardPassOfManyFunctions_KeepsNoGradientButTheLast()
    {
        const int Functions = 50;
        using var scope = NewDisposeScope();
        Tensor input = ones(4, requires_grad: true);
        Tensor output = Chain(1);
        output.backward(); // keeps the last gradient that it returned, as the next one will
        input.grad!.zero_();
        output = Chain(Functions);
        long before = LiveTensors;

        output.backward();

        Assert.Equal(before, LiveTensors);
        Assert.Equal(4, input.grad!.sum().item<float>());

        Tensor Chain(int length)
        {
            Tensor last = input;
            for (int i = 0; i < length; i++)
            {
                last = Copies.apply(last, 1)[0];
                GraphMemory.FreeDuplicateOutputs();
            }

            return last.sum();
        }
    }

    // Of blocks: one that is still in use serves no other tensor.
    [Fact]
    public void Return_SavedTensor_IsLetGoWithTheGraphStillThere()
    {
        const long Side = 1033; // no other test's tensors have this size
        using var scope = NewDisposeScope();
        Tensor saved = KeptMemory.Empty([Side, Side], ScalarType.Float32);
        nint place = TensorAddress.Get(saved);
        Tensor output = Copies.apply(ones(1, requires_grad: true), 1, saved)[0].sum();
        GraphMemory.FreeDuplicateOutputs();
        saved.Dispose();
        AssertFree(place, Side, false);

        output.backward();

        AssertFree(place, Side, true);
    }

    private static void AssertFree(nint place, long side, bool free)
    {
        using Tensor next = KeptMemory.Empty([side, side], ScalarType.Float32);
        Assert.Equal(free, place == TensorAddress.Get(next));
    }

    private sealed class Copies : autograd.MultiTensorFunction<Copies>
    {
        public override string Name => nameof(Copies);

        public override List<Tensor> forward(autograd.AutogradContext ctx, params object[] vars)
        {
            ctx.save_for_backward([.. vars.Skip(2).Cast<Tensor>()]);
            GraphMemory.Begin(ctx);
            return [.. Enumerable.Range(0, (int)vars[1]).Select(_ => ((Tensor)vars[0]).clone())];
        }

        public override List<Tensor> backward(autograd.AutogradContext ctx, List<Tensor> grad_outputs)
        {
            using var scope = NewDisposeScope();
            return GraphMemory.Return(ctx, grad_outputs, grad_outputs[0].clone(), null, null);
        }
    }
}
