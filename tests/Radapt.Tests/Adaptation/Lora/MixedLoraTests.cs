using Radapt.Adaptation.Lora;
using Radapt.Compute;
using Radapt.Models;
using static TorchSharp.torch;

namespace Radapt.Tests.Adaptation.Lora;

public class MixedLoraTests
{
    // M22, its sibling: the sum with the base product, where that is a function with a gradient of its own
    [Theory]
    [InlineData("linear", true)]
    [InlineData("convolution", true)]
    [InlineData("convolution", false)]
    public void Forward_GradientOfTheInput_IsThatOfEachAdapter(string products, bool withGradient)
    {
        using var scope = NewDisposeScope();
        ComputePlan plan = ComputePlan.Float32 with { Products = products, Threads = 1 };
        using var projection = new Projection(24, 24, new Kernels(plan));
        Initialisation.Uniform(projection.weight, "weight", 0.3, 1);
        Initialisation.Uniform(projection.bias, "bias", 0.3, 1);
        LoraAdapter[] adapters = [.. new[] { 2, 3 }.Select(rank => Adapter(rank, plan))];
        Tensor chosen = tensor(new long[] { 1, 0, 1 });
        using var mixed = new MixedLora(projection, adapters, () => chosen, plan);
        Tensor x = randn(3, 5, 24).requires_grad_(withGradient);
        Tensor y = x.detach().clone().requires_grad_(withGradient);
        Tensor above = randn(3, 5, 24);

        Tensor actual = mixed.Forward(projection, x, ForwardPass.Evaluation);
        Tensor expected =
            stack([.. new[] { 1, 0,
                1 }.Select(
                    (set, i) => nn.functional.linear(y[i], projection.weight.Plus(adapters[set].Update()).detach(), projection.bias))]);
        Assert.True(allclose(expected, actual, 1e-5, 1e-5));
        if (withGradient)
        {
            actual.backward([above]);
            expected.backward([above]);
            Assert.True(allclose(y.grad!, x.grad!, 1e-5, 1e-5));
        }

        Assert.All(adapters, a => a.Dispose());
    }

    private static LoraAdapter Adapter(int rank, ComputePlan plan)
    {
        var adapter = new LoraAdapter(new LoraOptions { Rank = rank, Alpha = 6, Dropout = 0 }, 24, 24, OutputGroups.Whole, 0, plan);
        adapter.Initialise("adapter", rank);
        Initialisation.Uniform(adapter.B, "B", 0.3, rank);
        return adapter;
    }
}
