using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Radapt.Metrics;
using Radapt.Tests.Golden;

namespace Radapt.Tests.Metrics;

[Trait("Category", "Golden")]
public class MetricsGoldenTests
{
    public static TheoryData<string> BinaryIds => GoldenIndex.Ids(
        "metrics", c => c.Config.ContainsKey("cases") && c.Json("table").AsObject().First().Value!["auroc"] is not null);

    public static TheoryData<string> MultiLabelIds => GoldenIndex.Ids("metrics", c => c.Config.ContainsKey("classes"));

    public static TheoryData<string> PairedIds => GoldenIndex.Ids(
        "metrics", c => c.Config.ContainsKey("cases") && c.Json("table").AsObject().First().Value!["auc_a"] is not null);

    public static TheoryData<string> ErrorIds => GoldenIndex.Ids("metrics", c => c.Config.Count == 0);

    [Theory]
    [MemberData(nameof(BinaryIds))]
    public void Binary_GivesScikitLearnsFigures(string id)
    {
        GoldenCase golden = GoldenIndex.Find(id);
        double atol = golden.Tolerance["atol"]!.Number();
        Dictionary<string, Array> data = ReadArrays(golden.File("data"));
        foreach ((string name, JsonNode? expected) in golden.Json("table").AsObject())
        {
            sbyte[] labels = [.. ((long[])data[$"{name}.y"]).Select(y => (sbyte)y)];
            double[] scores = (double[])data[$"{name}.p"];
            Assert.Equal(expected!["auroc"]!.Number(), BinaryMetrics.Auroc(labels, scores)!.Value, atol);
            Assert.Equal(expected["average_precision"]!.Number(), BinaryMetrics.AveragePrecision(labels, scores)!.Value, atol);
            AssertCurve(expected["roc_curve"], RocCurve.Compute(labels, scores)!, atol);
            AssertCurve(expected["roc_curve_all"], RocCurve.Compute(labels, scores, dropIntermediate: false)!, atol);
            AssertCalibration(expected, labels, scores, atol);
            AssertEqualOrMissing(expected["delong_variance"],
                ClusteredAuroc.Compute(labels, scores, []) is { } area ? area.StandardError * area.StandardError : null, atol);
        }
    }

    [Theory]
    [MemberData(nameof(PairedIds))]
    public void Paired_GivesDeLongsTest(string id)
    {
        GoldenCase golden = GoldenIndex.Find(id);
        double atol = golden.Tolerance["atol"]!.Number();
        double rtol = golden.Tolerance["p_two_sided"]!["rtol"]!.Number();
        Dictionary<string, Array> data = ReadArrays(golden.File("data"));
        foreach ((string name, JsonNode? expected) in golden.Json("table").AsObject())
        {
            sbyte[] labels = [.. ((long[])data[$"{name}.y"]).Select(y => (sbyte)y)];
            double[] a = (double[])data[$"{name}.a"];
            double[] b = (double[])data[$"{name}.b"];
            PairedAuroc found = PairedAuroc.Compute(labels, a, b, [])!;
            ClusteredAuroc first = ClusteredAuroc.Compute(labels, a, [])!;
            ClusteredAuroc second = ClusteredAuroc.Compute(labels, b, [])!;
            Assert.Equal(expected!["auc_a"]!.Number(), found.First, atol);
            Assert.Equal(expected["auc_b"]!.Number(), found.Second, atol);
            Assert.Equal(expected["cov"]![0]![0]!.Number(), first.Covariance(first).Sum, atol);
            Assert.Equal(expected["cov"]![0]![1]!.Number(), first.Covariance(second).Sum, atol);
            Assert.Equal(expected["cov"]![1]![0]!.Number(), second.Covariance(first).Sum, atol);
            Assert.Equal(expected["cov"]![1]![1]!.Number(), second.Covariance(second).Sum, atol);
            Assert.Equal(expected["diff"]!.Number(), found.Difference, atol);
            Assert.Equal(expected["var_diff"]!.Number(), found.StandardError * found.StandardError, atol);
            Assert.Equal(expected["z"]!.Number(), found.Z, 1e-6 * (1 + Math.Abs(found.Z)));
            double p = expected["p_two_sided"]!.Number();
            Assert.Equal(p, found.PValue!.Value, rtol * p);
            AssertInterval(expected["ci95_a"]!, NormalInterval.Plain(first.Auroc, first.StandardError, 0.95), atol);
            AssertInterval(expected["ci95_b"]!, NormalInterval.Plain(second.Auroc, second.StandardError, 0.95), atol);
            AssertInterval(expected["ci95_diff"]!, found.Interval, atol);
        }
    }

    [Theory]
    [MemberData(nameof(MultiLabelIds))]
    public void MultiLabel_GivesTheMeansOfUpstream(string id)
    {
        GoldenCase golden = GoldenIndex.Find(id);
        double atol = golden.Tolerance["atol"]!.Number();
        Dictionary<string, Array> data = ReadArrays(golden.File("data"));
        JsonNode table = golden.Json("table");
        int classes = (int)golden.Config["classes"]!;
        sbyte[] labels = [.. ((long[])data["y"]).Select(y => (sbyte)y)];
        double[] scores = (double[])data["p"];
        string[] findings = [.. Enumerable.Range(0, classes).Select(f => $"finding {f}")];
        for (int f = 0; f < classes; f++)
        {
            sbyte[] column = [.. labels.Where((_, i) => i % classes == f)];
            double[] columnScores = [.. scores.Where((_, i) => i % classes == f)];
            Assert.Equal(table["auroc_per_class"]![f]!.Number(), BinaryMetrics.Auroc(column, columnScores)!.Value, atol);
            Assert.Equal(table["ap_per_class"]![f]!.Number(), BinaryMetrics.AveragePrecision(column, columnScores)!.Value, atol);
        }

        // Scores as float32 could make a tie where float64 has none; the vectors hold no such pair.
        var metrics = MultiLabelMetrics.Compute(findings, labels, [.. scores.Select(s => (float)s)]);
        Assert.Empty(metrics.Undefined);
        Assert.Equal(table["auroc_macro_medpeft_mean"]!.Number(), metrics.MeanAuroc!.Value, atol);
        Assert.Equal(table["ap_macro"]!.Number(), metrics.MeanAveragePrecision!.Value, atol);
    }

    [Theory]
    [MemberData(nameof(ErrorIds))]
    public void BadInput_IsUndefinedOrAnError_WhereUpstreamEnds(string id)
    {
        foreach ((string name, JsonNode? given) in GoldenIndex.Find(id).Json("table").AsObject())
        {
            sbyte[] labels = [.. given!["y"]!.AsArray().Select(y => (sbyte)(int)y!)];
            double[] scores = [.. given["p"]!.AsArray().Select(p => p!.Number())];
            if (labels.Length != scores.Length)
            {
                Assert.Throws<ArgumentException>(() => BinaryMetrics.Auroc(labels, scores));
            }
            else if (scores.Any(double.IsNaN))
            {
                Assert.Throws<RadaptException>(() => BinaryMetrics.Auroc(labels, scores));
            }
            else
            {
                Assert.False(labels.Contains((sbyte)0) && labels.Contains((sbyte)1), $"{name} is no case of a missing class");
                Assert.Null(BinaryMetrics.Auroc(labels, scores));
                Assert.Null(BinaryMetrics.AveragePrecision(labels, scores));
                Assert.Null(RocCurve.Compute(labels, scores));
            }
        }
    }

    private static void AssertInterval(JsonNode expected, Interval found, double atol)
    {
        Assert.Equal(expected[0]!.Number(), found.Lower, atol);
        Assert.Equal(expected[1]!.Number(), found.Upper, atol);
    }

    private static void AssertEqualOrMissing(JsonNode? expected, double? found, double atol)
    {
        Assert.Equal(expected is null, found is null);
        if (expected is not null)
        {
            Assert.Equal(expected.Number(), found!.Value, atol);
        }
    }

    private static void AssertCalibration(JsonNode expected, sbyte[] labels, double[] probabilities, double atol)
    {
        Assert.Equal(expected["brier"]!.Number(), Calibration.BrierScore(labels, probabilities), atol);
        IReadOnlyList<ReliabilityBin> curve = Calibration.Reliability(labels, probabilities);
        double error = Calibration.ExpectedError(curve);
        if ((bool)expected["ece_has_values_on_inner_edges"]!) // either bin is right, and rounding of the edges decides
        {
            Assert.Contains(new[] { "ece15", "ece15_left_closed" }, name => Math.Abs(expected[name]!.Number() - error) <= atol);
            return;
        }

        Assert.Equal(expected["ece15"]!.Number(), error, atol);
        if (expected["ece_bins"] is not JsonArray bins)
        {
            return; // of large sets they are left out
        }

        foreach ((JsonNode? bin, ReliabilityBin found) in bins.Zip(curve))
        {
            Assert.Equal(bin![0]!.Number(), found.Lower, atol);
            Assert.Equal(bin[1]!.Number(), found.Upper, atol);
            Assert.Equal((int)bin[2]!, found.Images);
            AssertEqualOrMissing(bin[3], found.Positives.Value, atol);
            AssertEqualOrMissing(bin[4], found.MeanProbability, atol);
        }
    }

    private static void AssertCurve(JsonNode? expected, IReadOnlyList<RocPoint> curve, double atol)
    {
        if (expected is null)
        {
            return; // long curves are left out of some tables
        }

        double[] Column(string name) => [.. expected[name]!.AsArray().Select(v => v!.Number())];
        Assert.Equal(Column("fpr"), curve.Select(p => p.FalsePositiveRate), (a, b) => Math.Abs(a - b) <= atol);
        Assert.Equal(Column("tpr"), curve.Select(p => p.TruePositiveRate), (a, b) => Math.Abs(a - b) <= atol);

        // The first threshold: scikit-learn 1.2 writes max + 1, newer versions and Radapt infinity.
        Assert.Equal(double.PositiveInfinity, curve[0].Threshold);
        Assert.Equal(Column("thresholds").Skip(1), curve.Skip(1).Select(p => p.Threshold), (a, b) => Math.Abs(a - b) <= atol);
    }

    // The library's own reader stands under test elsewhere; these vectors hold whole F64 and I64 arrays only.
    private static Dictionary<string, Array> ReadArrays(string path)
    {
        byte[] file = File.ReadAllBytes(path);
        int header = (int)BinaryPrimitives.ReadInt64LittleEndian(file);
        var arrays = new Dictionary<string, Array>();
        foreach ((string name, JsonNode? entry) in JsonNode.Parse(file.AsSpan(8, header))!.AsObject().Where(e => e.Key != "__metadata__"))
        {
            int begin = (int)entry!["data_offsets"]![0]!;
            ReadOnlySpan<byte> bytes = file.AsSpan(8 + header + begin, (int)entry["data_offsets"]![1]! - begin);
            arrays[name] = (string)entry["dtype"]! == "F64"
                ? MemoryMarshal.Cast<byte, double>(bytes).ToArray()
                : MemoryMarshal.Cast<byte, long>(bytes).ToArray();
        }

        return arrays;
    }
}
