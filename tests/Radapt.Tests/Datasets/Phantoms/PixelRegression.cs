using Radapt.Compute;
using TorchSharp;
using static TorchSharp.torch;

namespace Radapt.Tests.Datasets.Phantoms;

/// <summary>
/// Logistic regression with an L2 penalty, fitted by Newton steps with the fixed upper bound X'X / 4 in place of the Hessian (Böhning and
/// Lindsay 1988),
/// which converge from anywhere.
/// </summary>
internal static class PixelRegression
{
    private const int Steps = 80;

    /// <summary>Scores of the test images, (N, F).</summary>
    /// <param name="train">(N, D) pixels.</param>
    /// <param name="labels">(N, F), 0 or 1.</param>
    /// <param name="test">(M, D) pixels.</param>
    /// <param name="penalty">Weight of the squared coefficients beside the mean log loss; pixels have mean 0 and deviation 1.</param>
    public static double[] Score(float[,] train, float[,] labels, float[,] test, double penalty)
    {
        using DisposeScope scope = NewDisposeScope();
        using var _ = no_grad();
        Tensor x = tensor(train).to_type(float64);
        Tensor y = tensor(labels).to_type(float64);
        Tensor mean = x.mean([0], keepdim: true);
        Tensor deviation = x.std([0], unbiased: false, keepdim: true).maximum(tensor(1e-6, float64));
        Tensor Prepare(Tensor pixels) => cat([pixels.sub(mean).div(deviation), ones([pixels.shape[0], 1], float64)], 1);
        x = Prepare(x);
        long n = x.shape[0];
        long d = x.shape[1];
        Tensor penalties = full([d], penalty, dtype: float64);
        penalties[-1] = tensor(1e-9, float64); // the intercept is free
        Tensor bound = linalg.inv(x.t().mm(x).DividedBy(4 * n).Plus(diag(penalties)));
        Tensor w = zeros([d, y.shape[1]], float64);
        for (int step = 0; step < Steps; step++)
        {
            using DisposeScope inner = NewDisposeScope();
            Tensor gradient = x.t().mm(x.mm(w).sigmoid().sub(y)).DividedBy(n).Plus(w.mul(penalties.unsqueeze(1)));
            w = w.Plus(bound.mm(gradient), -1).MoveToOuterDisposeScope();
        }

        return Prepare(tensor(test).to_type(float64)).mm(w).data<double>().ToArray();
    }
}
