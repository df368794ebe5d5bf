using Radapt.Compute;
using Radapt.Compute.Passes;
using Radapt.Tests.Compute.Functions;
using static TorchSharp.torch;

namespace Radapt.Tests.Compute.Passes;

public class ProductPassTests
{
    public static TheoryData<int, int, int, int> Shapes()
    {
        var shapes = new TheoryData<int, int, int, int>();
        foreach ((int m, int k, int n, int threads) in new[]
        {
            (1, 16, 16, 1), (1, 768, 1000, 2), (5, 385, 17, 1), (12, 384, 32, 1), (13, 769, 33, 3), (97, 40, 100, 2), (197, 64, 4096, 4),
                (1201, 24, 100, 2), (7, 16, 200, 8), (203, 1, 1, 2), (25, 4096, 16, 2),
        })
        {
            shapes.Add(m, k, n, threads);
        }

        return shapes;
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Multiply_AnyShape_IsTheFloat64ProductWithinRounding(int m, int k, int n, int threads)
    {
        using var scope = NewDisposeScope();
        (Tensor x, Tensor b, Tensor bias) = (randn(m, k), randn(k, n), randn(n));
        Tensor expected = x.to(ScalarType.Float64).matmul(b.to(ScalarType.Float64)).add(bias);
        Rounding.AssertClose(expected, Multiply(x, b, OperandOrder.Plain, bias, threads), Tolerance(k));
        Rounding.AssertClose(expected, Multiply(x, b.t().contiguous(), OperandOrder.Transposed, bias, threads), Tolerance(k));
        Rounding.AssertClose(expected - bias, Multiply(x, b, OperandOrder.Plain, null, threads), Tolerance(k));
    }

    [Theory]
    [InlineData(128)]
    [InlineData(256)]
    [InlineData(512)]
    public void Multiply_AnyWidthOfVectorsAndThreads_GivesTheSameBits(int vectorBits)
    {
        using var scope = NewDisposeScope();
        (Tensor x, Tensor b, Tensor bias) = (randn(1201, 400), randn(400, 75), randn(75));
        Tensor expected = Multiply(x, b, OperandOrder.Plain, bias, threads: 1);
        for (int threads = 1; threads < 4; threads++)
        {
            Assert.True(expected.Equals(Multiply(x, b, OperandOrder.Plain, bias, threads, vectorBits)),
                $"{vectorBits} bits, {threads} threads");
        }
    }

    [Theory]
    [InlineData(128)]
    [InlineData(256)]
    [InlineData(512)]
    public void Multiply_NotANumberAndInfinity_ReachTheirRowsAndColumnsOnly(int vectorBits)
    {
        using var scope = NewDisposeScope();
        (Tensor x, Tensor b) = (ones(14, 20), ones(20, 40));
        x[12, 3] = float.NaN;
        x[13, 19] = float.PositiveInfinity;
        b[5, 39] = float.NegativeInfinity;
        float[] product = [.. Multiply(x, b, OperandOrder.Plain, null, 1, vectorBits).data<float>()];
        for (int i = 0; i < product.Length; i++)
        {
            (int row, int column) = (i / 40, i % 40);
            float expected = row == 12 || (row == 13 && column == 39) ? float.NaN
                : row == 13 ? float.PositiveInfinity
                : column == 39 ? float.NegativeInfinity : 20;
            Assert.Equal(expected, product[i]);
        }
    }

    // Of random signs: errors of k roundings add up as sqrt(k), and so does the sum that they are compared with.
    private static double Tolerance(int k) => 6e-8 * Math.Max(8, Math.Sqrt(k));

    private static Tensor Multiply(Tensor x, Tensor b, OperandOrder order, Tensor? bias, int threads, int? vectorBits = null)
    {
        int outputs = (int)b.shape[order == OperandOrder.Plain ? 1 : 0];
        Tensor output = full([x.shape[0], outputs], float.NaN);
        ProductPass.Multiply(
            TensorAddress.Get(x), TensorAddress.Get(b), order, bias is null ? 0 : TensorAddress.Get(bias), TensorAddress.Get(output),
            new ProductPass.Layout(x.shape[0], (int)x.shape[1], outputs, threads), vectorBits);
        return output;
    }
}
