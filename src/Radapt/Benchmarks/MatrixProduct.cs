namespace Radapt.Benchmarks;

/// <summary>How the operands of a product are laid out in memory.</summary>
internal enum ProductLayout
{
    /// <summary>A (M, K) times B (K, N): the gradient of a projection's input.</summary>
    Plain,

    /// <summary>A (M, K) times the transpose of B (N, K): a projection.</summary>
    SecondTransposed,

    /// <summary>The transpose of A (K, M) times B (K, N): the gradient of a projection's weight.</summary>
    FirstTransposed,
}

/// <summary>One of the matrix products that a step consists of: M x K times K x N.</summary>
/// <param name="Name">What it computes, such as <c>fc1</c>, <c>fc1 d input</c>.</param>
/// <param name="Layout">How the operands are laid out.</param>
/// <param name="M">Rows of the result.</param>
/// <param name="N">Columns of the result.</param>
/// <param name="K">Length of the sums.</param>
/// <param name="Batch">Independent products of this shape at once: 1, or images x heads in attention.</param>
/// <param name="Count">How often a step computes it.</param>
internal sealed record MatrixProduct(string Name, ProductLayout Layout, int M, int N, int K, int Batch, int Count)
{
    /// <summary>10^9 floating-point operations of computing it once; a multiplication and an addition are two.</summary>
    public double Gflop => 2e-9 * M * N * K * Batch;
}
