using System.Globalization;

namespace Radapt.Benchmarks;

internal sealed partial record BenchmarkReport
{
    /// <summary>The report for people: every matrix product of the largest step of a precision, then the steps, then the loader.</summary>
    public IEnumerable<string> ToLines()
    {
        foreach (IGrouping<string, StepFigures> precision in Steps.GroupBy(s => s.Precision))
        {
            StepFigures largest = precision.MaxBy(s => s.Limit.Products.Count)!;
            yield return $"Matrix products of {largest.Step} in {precision.Key}, each measured separately:";
            yield return $"  {"",-22}{"M",7}{"N",7}{"K",7}{"batch",7}{"count",7}{"GFLOP",9}{"ms",9}{"GFLOP/s",9}";
            foreach ((MatrixProduct p, double milliseconds) in largest.Limit.Products)
            {
                yield return Line(
                    $"  {p.Name,-22}{p.M,7}{p.N,7}{p.K,7}{p.Batch,7}{p.Count,7}{p.Gflop,9:f3}{milliseconds,9:f3}{p.Gflop / milliseconds * 1000,9:f0}");
            }

            yield return Line(
                $"  {"all of a step",-50}{largest.Limit.Gflop,16:f1}{largest.Limit.Milliseconds,9:f0}{largest.Limit.Gflops,9:f0}");
            yield return largest.Peak is { } peak
                ? Line($"  The processor's peak in {precision.Key}: {peak.Gflops:f0} GFLOP/s ({peak.MeasuredBy}).")
                : $"  The processor's peak in {precision.Key} could not be measured.";
            yield return "";
        }

        yield return $"{"",-24}{"images/s",10}{"GFLOP/s",10}{"of limit",10}{"of peak",10}{"peak MiB",10}";
        foreach (StepFigures s in Steps)
        {
            string rates = Line($"{s.Step + " " + s.Precision,-24}{s.ImagesPerSecond,10:f2}{s.Gflops,10:f0}");
            yield return rates + Line($"{s.FractionOfLimit,10:f3}{s.FractionOfPeak,10:f3}{s.PeakMemoryMib,10:f0}");
        }

        if (Loader is { } loader)
        {
            yield return Line(
                $"loader: {loader.CachedImagesPerSecond:f0} images/s from the cache, {loader.LiveImagesPerSecond:f0} decoding ")
                + Line($"{loader.FileSide}-px files, {loader.Threads} threads");
        }
    }

    private static string Line(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
