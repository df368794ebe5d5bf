using System.Diagnostics;
using Radapt.Compute;
using Radapt.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Radapt.Benchmarks;

/// <summary>Time of one matrix product.</summary>
/// <param name="Product">The product.</param>
/// <param name="Milliseconds">Median of computing it once.</param>
internal sealed record ProductTime(MatrixProduct Product, double Milliseconds)
{
    /// <summary>10^9 floating-point operations a second.</summary>
    public double Gflops => Product.Gflop / Milliseconds * 1000;
}

/// <summary>
/// The rate that a step's own matrix products reach when nothing else is done: the sum of their operations over the sum of their times.
/// No step made of these products, computed by these routines, can be faster.
/// </summary>
/// <param name="Products">Every product of the step with its time.</param>
internal sealed record MatrixLimit(IReadOnlyList<ProductTime> Products)
{
    /// <summary>10^9 floating-point operations of all products of a step.</summary>
    public double Gflop => Products.Sum(p => p.Product.Gflop * p.Product.Count);

    /// <summary>Milliseconds that all products of a step take.</summary>
    public double Milliseconds => Products.Sum(p => p.Milliseconds * p.Product.Count);

    /// <summary>10^9 floating-point operations a second.</summary>
    public double Gflops => Gflop / Milliseconds * 1000;

    /// <summary>Times every product alone, its operands hot, with the threads and the allocator of this process.</summary>
    /// <param name="products">The products.</param>
    /// <param name="plan">Type, device and kernels.</param>
    /// <param name="repeats">How often; the median counts.</param>
    /// <param name="cancellation">Ends the measurement.</param>
    internal static MatrixLimit Measure(IEnumerable<MatrixProduct> products, ComputePlan plan, int repeats, CancellationToken cancellation)
    {
        using var noGradient = inference_mode();
        return new MatrixLimit([.. products.Where(p => p.Count > 0).Select(p =>
        {
            cancellation.ThrowIfCancellationRequested();
            return new ProductTime(p, Time(p, plan, repeats));
        })]);
    }

    // The fastest of the routines that Radapt has for such a product, so that the limit flatters no step.
    private static double Time(MatrixProduct product, ComputePlan plan, int repeats)
    {
        using var scope = NewDisposeScope();
        (int m, int n, int k) = (product.M, product.N, product.K);
        Tensor first = product.Layout == ProductLayout.FirstTransposed ? Operand(k, m).transpose(-1, -2) : Operand(m, k); // (…, M, K)
        Tensor second = product.Layout == ProductLayout.SecondTransposed ? Operand(n, k).transpose(-1, -2) : Operand(k, n); // (…, K, N)
        double direct = MedianOf(() => first.matmul(second));
        return product.Batch > 1 || plan.Type != ScalarType.Float32 || plan.TorchDevice.type != DeviceType.CPU
            ? direct
            : Math.Min(direct, MedianOf(() => Kernels.LinearByConvolution(first, second.transpose(0, 1), null)));

        double MedianOf(Func<Tensor> compute)
        {
            const int WarmUp = 3;
            var times = new double[repeats];
            for (int i = -WarmUp; i < repeats; i++)
            {
                using var one = NewDisposeScope();
                long start = Stopwatch.GetTimestamp();
                compute();
                if (plan.TorchDevice.type == DeviceType.CUDA)
                {
                    cuda.synchronize();
                }

                if (i >= 0)
                {
                    times[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
                }
            }

            return Median.Compute(times);
        }

        Tensor Operand(int rows, int columns)
        {
            long[] shape = product.Batch == 1 ? [rows, columns] : [product.Batch, rows, columns];
            Tensor values = empty(shape, device: plan.TorchDevice);
            Initialisation.Uniform(values, product.Name, 1, seed: 0);
            return values.to(plan.Type);
        }
    }
}
