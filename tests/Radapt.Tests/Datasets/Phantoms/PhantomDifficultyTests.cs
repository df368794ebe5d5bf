using System.Globalization;
using Radapt.Datasets.Phantoms;
using Radapt.Metrics;

namespace Radapt.Tests.Datasets.Phantoms;

public class PhantomDifficultyTests(ITestOutputHelper output)
{
    private const int Side = 28;
    private const int Detail = 2; // drawn at twice the side, then averaged, as a resized picture is
    private const int Train = 2000;
    private const int Test = 1000;

    [Fact]
    public void LogisticRegressionOnPixels_BestPenalty_StaysBelowThreeQuarters()
    {
        var options = new PhantomOptions { Count = Train + Test, Size = Side * Detail, Seed = 11 };
        PlannedPhantom[] plan = PhantomPlan.Draw(options);
        var pixels = new float[Train + Test, Side * Side];
        Parallel.For(0, Train + Test, i =>
        {
            byte[] picture = PhantomSet.Draw(plan[i], i, options).Picture.Pixels;
            for (int p = 0; p < picture.Length; p++)
            {
                int row = p / options.Size / Detail;
                int column = p % options.Size / Detail;
                pixels[i, (row * Side) + column] += picture[p] / (255f * Detail * Detail);
            }
        });

        int findings = options.Findings.Count;
        var labels = new float[Train, findings];
        for (int i = 0; i < Train; i++)
        {
            for (int f = 0; f < findings; f++)
            {
                labels[i, f] = plan[i].Findings.Contains(options.Findings[f]) ? 1 : 0;
            }
        }

        double best = 0;
        foreach (double penalty in new[] { 0.003, 0.01, 0.03, 0.1, 1 })
        {
            double[] scores = PixelRegression.Score(Rows(pixels, 0, Train), labels, Rows(pixels, Train, Test), penalty);
            double[] auroc = [.. Enumerable.Range(0, findings).Select(f => BinaryMetrics.Auroc(
                [.. Enumerable.Range(Train, Test).Select(i => (sbyte)(plan[i].Findings.Contains(options.Findings[f]) ? 1 : 0))],
                [.. Enumerable.Range(0, Test).Select(i => scores[(i * findings) + f])])!.Value)];
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"L2 {penalty}: mean {auroc.Average():f3}; {string.Join(", ", options.Findings.Zip(auroc, (n, a) => $"{n} {a:f3}"))}"));
            best = Math.Max(best, auroc.Average());
        }

        Assert.InRange(best, 0.55, 0.75); // the best of several on the test images themselves; a little is there to find
    }

    private static float[,] Rows(float[,] values, int first, int count)
    {
        var rows = new float[count, values.GetLength(1)];
        Array.Copy(values, first * values.GetLength(1), rows, 0, rows.Length);
        return rows;
    }
}
