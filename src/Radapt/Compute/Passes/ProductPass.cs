using System.Runtime.Intrinsics;

namespace Radapt.Compute.Passes;

/// <summary>How the second operand B (K, N) of a product is laid out in memory.</summary>
internal enum OperandOrder
{
    /// <summary>As (K, N): a projection's weight (out, in) where the gradient of its input is computed.</summary>
    Plain,

    /// <summary>As (N, K): the same weight in the forward pass.</summary>
    Transposed,
}

/// <summary>Float32 matrix products on vectors of any width.</summary>
internal static unsafe class ProductPass
{
    /// <summary>output = x B + bias. Neither the width of the vectors nor the number of threads changes a bit of it.</summary>
    /// <param name="x">(M, K)</param>
    /// <param name="b">B</param>
    /// <param name="order">How B is laid out.</param>
    /// <param name="bias">(N); 0: none</param>
    /// <param name="output">(M, N), written</param>
    /// <param name="layout">Sizes.</param>
    /// <param name="vectorBits">As for <see cref="Pass.Share"/>.</param>
    public static void Multiply(nint x, nint b, OperandOrder order, nint bias, nint output, Layout layout, int? vectorBits = null)
    {
        switch (vectorBits ?? Pass.VectorBits)
        {
            case 512:
                Run<ProductTile12<Register512, Vector512<float>>>();
                break;
            case 256:
                Run<ProductTile6<Register256, Vector256<float>>>();
                break;
            default:
                Run<ProductTile12<Register128, Vector128<float>>>();
                break;
        }

        void Run<TTile>()
            where TTile : struct, IProductTile
        {
            using var product = new BlockedProduct<TTile>((float*)x, (float*)b, order, (float*)bias, (float*)output, layout);
            product.Run();
        }
    }

    /// <summary>Sizes of a product.</summary>
    /// <param name="Rows">M, of x and of the result.</param>
    /// <param name="Inputs">K, numbers in a row of x.</param>
    /// <param name="Outputs">N, numbers in a row of the result.</param>
    /// <param name="Threads">Threads that share the work.</param>
    public sealed record Layout(long Rows, int Inputs, int Outputs, int Threads);
}
