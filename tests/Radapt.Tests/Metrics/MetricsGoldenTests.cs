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
