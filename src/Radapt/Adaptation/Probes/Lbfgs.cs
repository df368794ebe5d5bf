namespace Radapt.Adaptation.Probes;

/// <summary>
/// Limited-memory BFGS for smooth convex functions (Liu and Nocedal 1989; Nocedal and Wright, Numerical Optimization, algorithm 7.4), in
/// float64. Steps are halved until the function falls enough; for a strictly convex function every step then keeps the estimate of the
/// curvature positive.
/// </summary>
internal static class Lbfgs
{
    private const int Pairs = 10; // steps that the curvature is estimated from
    private const double Decrease = 1e-4; // Armijo's condition

    /// <summary>A function at a point.</summary>
    /// <param name="point">Where.</param>
    /// <param name="gradient">Receives the gradient.</param>
    /// <returns>Its value</returns>
    public delegate double Function(ReadOnlySpan<double> point, Span<double> gradient);

    /// <summary>Finds the minimum.</summary>
    /// <param name="function">The function.</param>
    /// <param name="start">Where to start.</param>
    /// <param name="tolerance">Largest component of the gradient at the end, unless the function no longer falls.</param>
    /// <param name="steps">Most steps.</param>
    /// <returns>The point that was reached</returns>
    public static double[] Minimise(Function function, double[] start, double tolerance, int steps)
    {
        double[] x = [.. start];
        double[] gradient = new double[x.Length];
        double value = function(x, gradient);
        var history = new LinkedList<(double[] Step, double[] Change, double Product)>(); // the latest first
        for (int k = 0; k < steps && Largest(gradient) > tolerance; k++)
        {
            double[] direction = Direction(gradient, history);
            double slope = Dot(gradient, direction);
            double size = history.Count == 0 ? Math.Min(1, 1 / Math.Sqrt(-slope)) : 1;
            (double[] next, double[] nextGradient) = (new double[x.Length], new double[x.Length]);
            double nextValue;
            while (true)
            {
                for (int i = 0; i < x.Length; i++)
                {
                    next[i] = x[i] + (size * direction[i]);
                }

                nextValue = function(next, nextGradient);
                if (nextValue <= value + (Decrease * size * slope))
                {
                    break;
                }

                size /= 2;
                if (size < 1e-12)
                {
                    return x; // rounding: it does not get lower
                }
            }

            double[] step = Minus(next, x);
            double[] change = Minus(nextGradient, gradient);
            double product = Dot(step, change);
            if (product > 1e-300)
            {
                history.AddFirst((step, change, product));
                if (history.Count > Pairs)
                {
                    history.RemoveLast();
                }
            }

            (x, gradient, value) = (next, nextGradient, nextValue);
        }

        return x;
    }

    // The two-loop recursion: minus the estimate of the inverse curvature, times the gradient.
    private static double[] Direction(double[] gradient, LinkedList<(double[] Step, double[] Change, double Product)> history)
    {
        double[] d = [.. gradient.Select(g => -g)];
        var factors = new Stack<double>();
        foreach ((double[] step, double[] change, double product) in history)
        {
            double factor = Dot(step, d) / product;
            factors.Push(factor);
            AddInPlace(d, change, -factor);
        }

        if (history.First is { } latest)
        {
            double scale = latest.Value.Product / Dot(latest.Value.Change, latest.Value.Change);
            for (int i = 0; i < d.Length; i++)
            {
                d[i] *= scale;
            }
        }

        foreach ((double[] step, double[] change, double product) in history.Reverse())
        {
            AddInPlace(d, step, factors.Pop() - (Dot(change, d) / product));
        }

        return d;
    }

    private static double Dot(double[] a, double[] b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++)
        {
            sum += a[i] * b[i];
        }

        return sum;
    }

    private static double Largest(double[] values) => values.Max(Math.Abs);

    private static double[] Minus(double[] a, double[] b) => [.. a.Zip(b, (p, q) => p - q)];

    private static void AddInPlace(double[] a, double[] b, double factor)
    {
        for (int i = 0; i < a.Length; i++)
        {
            a[i] += factor * b[i];
        }
    }
}
