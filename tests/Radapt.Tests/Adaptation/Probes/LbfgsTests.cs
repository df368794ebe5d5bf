using Radapt.Adaptation.Probes;

namespace Radapt.Tests.Adaptation.Probes;

public sealed class LbfgsTests
{
    [Fact]
    public void Minimise_Quadratic_FindsItsMinimum()
    {
        double[] scales = [1, 10, 100, 1000];
        double[] x = Lbfgs.Minimise(Quadratic, [0, 0, 0, 0], 1e-10, 200);
        Assert.All(x, v => Assert.Equal(3, v, 1e-8));

        double Quadratic(ReadOnlySpan<double> at, Span<double> gradient)
        {
            double sum = 0;
            for (int i = 0; i < at.Length; i++)
            {
                gradient[i] = scales[i] * (at[i] - 3);
                sum += scales[i] * (at[i] - 3) * (at[i] - 3) / 2;
            }

            return sum;
        }
    }

    /// <summary>Far from the minimum, the function is nearly linear and its curvature says little.</summary>
    [Fact]
    public void Minimise_FarStart_FindsTheMinimum()
    {
        double[] x = Lbfgs.Minimise(Cosh, [40, -25], 1e-10, 500);
        Assert.All(x, v => Assert.Equal(0, v, 1e-8));

        static double Cosh(ReadOnlySpan<double> at, Span<double> gradient)
        {
            double sum = 0;
            for (int i = 0; i < at.Length; i++)
            {
                gradient[i] = Math.Tanh(at[i]) + (1e-3 * at[i]);
                sum += Math.Abs(at[i]) + Math.Log(1 + Math.Exp(-2 * Math.Abs(at[i]))) + (5e-4 * at[i] * at[i]);
            }

            return sum;
        }
    }
}
