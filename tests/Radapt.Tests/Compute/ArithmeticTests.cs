using Radapt.Compute;
using static TorchSharp.torch;

namespace Radapt.Tests.Compute;

public class ArithmeticTests
{
    [Fact]
    public void Arithmetic_EveryOperation_ComputesWhatItSays()
    {
        using var scope = NewDisposeScope();
        Tensor Two() => tensor([2f]);
        (double Expected, Tensor Actual)[] cases =
        [
            (5, Two().Plus(tensor([3f]))), (2.5, Two().Plus(0.5)), (8, Two().Plus(tensor([3f]), 2)), (3, Two().Times(1.5)),
                (0.5, Two().DividedBy(4)), (14, Two().PlusProduct(tensor([3f]), tensor([4f]))),
            (5, Two().AddInPlace(tensor([3f]))), (8, Two().AddInPlace(tensor([3f]), 2)), (2.5, Two().AddInPlace(0.5)),
                (3, Two().ScaleInPlace(1.5)), (0.5, Two().DivideInPlace(4)),
            (26, Two().AddProductInPlace(tensor([3f]), tensor([4f]), 2)), (3.5, Two().AddQuotientInPlace(tensor([3f]), tensor([4f]), 2)),
                (7, Two().FillInPlace(7)), (6, Two().ScaleInPlace(tensor([3f]))), (3, Two().CopyInPlace(tensor([3f]))),
        ];
        Assert.Equal(cases.Select(c => c.Expected), cases.Select(c => (double)c.Actual.item<float>()));
        Tensor inPlace = Two();
        inPlace.AddInPlace(1).ScaleInPlace(2);
        Assert.Equal(6, inPlace.item<float>());
    }

    // M22: on every processor, whichever kernel made the tensor
    [Fact]
    public void InPlace_TensorOfAGraph_IsRefused()
    {
        using var scope = NewDisposeScope();
        Tensor made = tensor([2f]).requires_grad_(true).Times(3);
        Assert.Throws<InvalidOperationException>(() => made.AddInPlace(1));
        Assert.Throws<InvalidOperationException>(() => made.CopyInPlace(tensor([3f])));
        Assert.Equal(6, made.item<float>());
        using var noGradient = no_grad();
        Assert.Equal(7, made.AddInPlace(1).item<float>());
    }

    /// <summary>
    /// The same loop with <c>x * 0.5</c> fails within seconds: TorchSharp's number is collected while native code reads it. Garbage
    /// collections all the time make here what takes hours of training.
    /// </summary>
    [Fact]
    public void Arithmetic_WhileTheCollectorRuns_NeverLosesItsNumber()
    {
        bool stop = false;
        var collector = new Thread(() =>
        {
            while (!Volatile.Read(ref stop))
            {
                GC.Collect(0);
                GC.WaitForPendingFinalizers();
            }
        });
        collector.Start();
        try
        {
            using var outer = NewDisposeScope();
            (Tensor x, Tensor mask) = (ones(64), ones(64));
            for (int i = 0; i < 20_000; i++)
            {
                using var scope = NewDisposeScope();
                Assert.Equal(96, x.Times(0.5).PlusProduct(x, mask).sum().item<float>());
            }
        }
        finally
        {
            Volatile.Write(ref stop, true);
            collector.Join();
        }
    }
}
