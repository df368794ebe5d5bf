using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Radapt.Datasets.Tables;
using Radapt.Metrics;
using Radapt.Runs;
using Radapt.Runs.Predictions;

namespace Radapt.Tests.Runs.Predictions;

public sealed class PredictionFileTests : IDisposable
{
    private static readonly PredictionRow[] s_rows =
    [
        new("a;b.png", PredictionStatus.Ok, "", [0.25, 1e-7], [0.5f, 0.1f], ["0000037"]),
        new("=HYPERLINK(\"x\")", PredictionStatus.Refused, "not a radiograph: CT", null, null, ["+1"]),
        new("c\u0001\uD800.png", PredictionStatus.Unreadable, "it is empty", null, null, [""]),
    ];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact] // WORKFLOW E: CSV
    public void Write_Csv_HasCommasPointsAndNoFormulas()
    {
        Write("p.csv", PredictionFormat.Csv);
        Assert.Equal(
        [
            "image,patient,F,F.sd,G,G.sd,status,reason",
            "\"a;b.png\",0000037,0.25,0.5,1E-07,0.1,ok,",
            "\"'=HYPERLINK(\"\"x\"\")\",+1,,,,,refused,not a radiograph: CT",
            "c\u0001\uFFFD.png,,,,,,unreadable,it is empty",
        ], File.ReadAllLines(_folder["p.csv"]));
        Assert.Equal((byte)'i', File.ReadAllBytes(_folder["p.csv"])[0]);
    }

    [Fact] // WORKFLOW E: what a German Excel opens
    public void Write_CsvSemicolon_HasAMarkSemicolonsAndDecimalCommas()
    {
        Write("p.csv", PredictionFormat.CsvSemicolon);
        byte[] bytes = File.ReadAllBytes(_folder["p.csv"]);
        Assert.Equal([0xEF, 0xBB, 0xBF], bytes[..3]);
        string[] lines = Encoding.UTF8.GetString(bytes[3..]).Split('\n');
        Assert.Equal("image;patient;F;F.sd;G;G.sd;status;reason", lines[0]);
        Assert.Equal("\"a;b.png\";0000037;0,25;0,5;1E-07;0,1;ok;", lines[1]);
        Assert.StartsWith("\"'=HYPERLINK", lines[2], StringComparison.Ordinal);
    }

    [Fact] // WORKFLOW H3: .xlsx
    public void Write_Xlsx_HasNumbersAndTextsThatNoSpreadsheetRuns()
    {
        Write("p.xlsx", PredictionFormat.Xlsx);
        CsvCells table = Spreadsheet.Read(_folder["p.xlsx"], null, []);
        Assert.Equal(["image", "patient", "F", "F.sd", "G", "G.sd", "status", "reason"], table.Header);
        Assert.Equal(["a;b.png", "0000037"], table.Rows[0].Cells[..2]);
        Assert.Equal([0.25, 0.5, 1e-7, 0.1], table.Rows[0].Cells[2..6].Select(c => double.Parse(c, CultureInfo.InvariantCulture)));
        Assert.Equal("=HYPERLINK(\"x\")", table.Rows[1].Cells[0]);
        Assert.Equal("c\uFFFD\uFFFD.png", table.Rows[2].Cells[0]);
        byte[] first = File.ReadAllBytes(_folder["p.xlsx"]);
        Write("p.xlsx", PredictionFormat.Xlsx);
        Assert.Equal(first, File.ReadAllBytes(_folder["p.xlsx"]));
    }

    [Fact]
    public void Write_Json_LeavesOutWhatIsNotThere()
    {
        Write("p.json", PredictionFormat.Json);
        JsonObject json = JsonNode.Parse(File.ReadAllText(_folder["p.json"]))!.AsObject();
        Assert.Equal(["one", "two"], json["runs"]!.AsArray().Select(r => (string)r!));
        JsonNode first = json["images"]![0]!;
        Assert.Equal((0.25, 0.5), ((double)first["probabilities"]!["F"]!, (double)first["sd"]!["F"]!));
        Assert.Equal(("ok", "0000037"), ((string)first["status"]!, (string)first["patient"]!));
        Assert.Null(json["images"]![1]!["probabilities"]);
        Assert.Equal("not a radiograph: CT", (string)json["images"]![1]!["reason"]!);
    }

    [Fact]
    public void Write_RunWithRules_AddsTheirColumnsForFindingsThatHaveThem()
    {
        var rules = new DecisionRules
        {
            FittedOn = "validation images",
            Images = 50,
            Sensitivity = 0.9,
            Specificity = 0.9,
            Adapters = [],
            Findings =
            [
                new FindingRules("G", 20, 30, new LogitScaling(LogitScalingKind.Platt, 1, 0.5),
                    new Dictionary<ThresholdRule, double> { [ThresholdRule.Youden] = 0.25 }, new ConformalSets(0.1, -1, 1)),
            ],
        };
        PredictionRow[] rows =
        [
            .. new[] { -2.0, 0, 2 }.Select(logit => new PredictionRow("a", PredictionStatus.Ok, "", [0.5, 0.5], null, [])
            {
                Decisions = [null, rules.Findings[0].Decide(logit, ThresholdRule.Youden)],
            }),
            new PredictionRow("b", PredictionStatus.Refused, "CT", null, null, []),
        ];
        new PredictionFile(["F", "G"], [], ["one"], rules).Write(_folder["p.csv"], PredictionFormat.Csv, rows);
        Assert.Equal(
        [
            "image,F,G,G.calibrated,G.decision,G.answer,status,reason", "a,0.5,0.5,0.5,negative,negative,ok,",
            $"a,0.5,0.5,{(1 / (1 + Math.Exp(-1))).ToString("R", CultureInfo.InvariantCulture)},negative,uncertain,ok,",
            $"a,0.5,0.5,{(1 / (1 + Math.Exp(-2))).ToString("R", CultureInfo.InvariantCulture)},positive,positive,ok,",
            "b,,,,,,refused,CT",
        ], File.ReadAllLines(_folder["p.csv"]));

        new PredictionFile(["F", "G"], [], ["one"], rules).Write(_folder["p.json"], PredictionFormat.Json, rows);
        JsonNode third = JsonNode.Parse(File.ReadAllText(_folder["p.json"]))!["images"]![2]!["decisions"]!["G"]!;
        Assert.Equal("positive", (string)third["decision"]!);
        Assert.Equal("positive", (string)third["answer"]!);
        Assert.Equal(1 / (1 + Math.Exp(-2)), (double)third["calibrated"]!, 12);

        rules.Write(_folder["decisions.json"]);
        DecisionRules read = DecisionRules.Find(_folder.Path, [])!;
        Assert.Equal(rules.Findings[0].Thresholds, read.Findings[0].Thresholds);
        Assert.Equal((rules.Findings[0].Scaling, rules.Findings[0].Sets), (read.Findings[0].Scaling, read.Findings[0].Sets));
        File.WriteAllText(_folder["decisions.json"], "{");
        Assert.Contains("cannot be read", Assert.Throws<RadaptException>(() => DecisionRules.Find(_folder.Path, [])).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Choose_EndingAndFormat_MustAgree()
    {
        Assert.Equal(PredictionFormat.Xlsx, PredictionFormats.Choose(null, "p.XLSX"));
        Assert.Equal(PredictionFormat.Csv, PredictionFormats.Choose(null, "p"));
        Assert.Equal(PredictionFormat.CsvSemicolon, PredictionFormats.Choose("csv-semicolon", "p.csv"));
        Assert.StartsWith("p.csv: its ending does not match --format xlsx",
            Assert.Throws<RadaptException>(() => PredictionFormats.Choose("xlsx", "p.csv")).Message, StringComparison.Ordinal);
    }

    private void Write(string name, PredictionFormat format) =>
        new PredictionFile(["F", "G"], ["patient"], ["one", "two"]).Write(_folder[name], format, s_rows);
}
