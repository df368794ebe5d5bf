using System.Globalization;
using System.Text;
using Radapt.Adaptation.Files;
using Radapt.Compute;
using Radapt.Imaging.Dicom;
using Radapt.Metrics;
using Radapt.Pacs;
using Radapt.Pacs.Results;
using Radapt.Runs;
using Radapt.TestData.Dicom;
using Radapt.Tests.Cli;
using Radapt.Tests.Pacs.Results;
using Radapt.Tests.Pacs.Watching;

namespace Radapt.Tests.Pacs;

[Collection(WholeCommands.Name)]
public sealed class InstanceAnalysisTests(TinyRun tiny) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Analyse_ManyThreadsAtOnce_GivesWhatOneGives()
    {
        byte[][] images = [.. Enumerable.Range(0, 12).Select(i => Image(i))];
        using InstanceAnalysis analysis = Open(new ResultSettings { HeatMaps = HeatMapChoice.All }, tiny.Run);
        string[][] alone = [.. images.Select(i => Hashes(analysis.Analyse(i, "image")))];
        string[][] together =
            [.. images.AsParallel().AsOrdered().WithDegreeOfParallelism(8).Select(i => Hashes(analysis.Analyse(i, "image")))];
        Assert.Equal(alone, together);
        Assert.All(alone, files => Assert.Equal(3, files.Length));
        Assert.Equal(36, alone.SelectMany(f => f).Distinct().Count());
    }

    [Fact]
    public void Analyse_SeveralRuns_HaveResultsAndSeriesOfTheirOwn()
    {
        CopyRun("other");
        WriteRules("other");
        using InstanceAnalysis analysis = Open(new ResultSettings { HeatMaps = HeatMapChoice.None }, tiny.Run, _folder["other"]);
        InstanceResults results = analysis.Analyse(Image(1), "image");
        Assert.Equal(2, results.Files.Count);
        Assert.Equal(2, results.Files.Select(f => f.SopInstanceUid).Distinct().Count());
        IEnumerable<DicomDataSet> sets = results.Files.Select(f => DicomFile.Parse(f.File, f.File.Length).Elements);
        Assert.Equal(2, sets.Select(s => s.Text(DicomTag.SeriesInstanceUid)).Distinct().Count());
    }

    [Theory]
    [InlineData(nameof(ThresholdRule.Youden), true)]
    [InlineData(nameof(ThresholdRule.Specificity), false)]
    public void Analyse_RunWithRules_ReportsCalibrationDecisionAndAnswer(string threshold, bool isPositive)
    {
        CopyRun("run");
        WriteRules("run");
        var settings = new ResultSettings { HeatMaps = HeatMapChoice.Positive, Threshold = Enum.Parse<ThresholdRule>(threshold) };
        using InstanceAnalysis analysis = Open(settings, _folder["run"]);
        InstanceResults results = analysis.Analyse(Image(1), "image");
        string report = Encoding.Latin1.GetString(results.Files[0].File);
        Assert.Contains(isPositive ? "10828004" : "260385009", report, StringComparison.Ordinal);
        Assert.Contains("82334004", report, StringComparison.Ordinal); // indeterminate
        Assert.Contains((100 / (1 + Math.Exp(-1.5))).ToString("0.####", CultureInfo.InvariantCulture), report, StringComparison.Ordinal);
        Assert.Contains($"thresholds ({threshold.ToLowerInvariant()})", report, StringComparison.Ordinal);
        Assert.Contains("50 images of 40 patients", report, StringComparison.Ordinal);
        bool hasMap = results.Files.Any(
            f => Encoding.Latin1.GetString(f.File).Contains("attention for Effusion", StringComparison.Ordinal));
        Assert.Equal(isPositive, hasMap);
    }

    [Fact]
    public void Analyse_OtherThresholdCodesOrRules_GiveOtherIdentifiers()
    {
        File.WriteAllText(_folder["codes.csv"], "finding,code,scheme,meaning\nEffusion,RID34539,RADLEX,pleural effusion\n");
        CopyRun("ruled");
        WriteRules("ruled");
        ResultSettings plain = new() { HeatMaps = HeatMapChoice.None };
        (ResultSettings Settings, string Run)[] ways =
        [
            (plain, tiny.Run), (plain with { Threshold = ThresholdRule.Sensitivity }, tiny.Run),
            (plain with { Codes = FindingCodes.Read(_folder["codes.csv"]) }, tiny.Run), (plain, _folder["ruled"]),
        ];
        string[] uids = [.. ways.Select(w =>
        {
            using InstanceAnalysis analysis = Open(w.Settings, w.Run);
            return analysis.Analyse(Image(1), "image").Files[0].SopInstanceUid;
        })];
        Assert.Equal(uids.Length, uids.Distinct().Count());
    }

    [Fact]
    public void Analyse_ReportsAndOtherKinds_AreRefusedEvenWithoutIdentifiers()
    {
        using InstanceAnalysis analysis = Open(new ResultSettings(), tiny.Run);
        byte[] directory = new DicomWriter().Text(DicomTag.PatientId, "LO", "0000037").ToFile(DicomWriter.ExplicitLittleEndian);
        Assert.Equal(["not a radiograph: without pixels"], analysis.Analyse(directory, "image").Refusals);
        Assert.Equal(["not a radiograph: SR without pixels"], analysis.Analyse(Phantoms.Report(Image(1)).File, "image").Refusals);
        Assert.Equal(["not a radiograph: CT"],
            analysis.Analyse((Phantoms.Image() with { Modality = "CT" }).ToFile("explicit"), "image").Refusals);
        byte[] blank = (Phantoms.Image() with { Window = (-9000, 100) }).ToFile("explicit");
        Assert.Contains("blank", Assert.Single(analysis.Analyse(blank, "image").Refusals), StringComparison.Ordinal);
    }

    [Fact]
    public void Analyse_WhatCannotBeDecoded_FailsUnderItsName()
    {
        using InstanceAnalysis analysis = Open(new ResultSettings(), tiny.Run);
        byte[] damaged = Phantoms.Image().ToFile("jpeg-2000-lossless");
        damaged.AsSpan(damaged.Length - 200).Clear();
        foreach (byte[] file in new[] { [], "no image"u8.ToArray(), Image(1)[..900], damaged[..^100] })
        {
            Assert.Equal("image", Assert.Throws<RadaptException>(() => analysis.Analyse(file, "image")).Place);
        }
    }

    [Fact]
    public async Task Analyse_CrossValidation_HasTheMeanOfItsFolds()
    {
        string[] line = tiny.FineTune(_folder["folds"]);
        line[Array.IndexOf(line, "50")] = "2";
        (await RadaptProcess.Run(_folder.Path, [.. line, "--folds", "2", "--allow-rare-findings"])).Expect(0);
        string[] folds = [_folder["folds/fold1"], _folder["folds/fold2"]];
        ResultSettings settings = new() { HeatMaps = HeatMapChoice.All };
        ModelSource[] sources = [new(_folder["folds"], [.. folds.Select(f => (f, ComputePlan.Float32))])];
        using var analysis = InstanceAnalysis.Open(sources, settings, codecs: null, new HandClock());
        byte[] image = Image(1);
        IReadOnlyList<DicomResult> files = analysis.Analyse(image, "image").Files;
        Assert.Equal(3, files.Count);

        File.WriteAllBytes(_folder["image"], image);
        using var ensemble = Radapt.Inference.Ensemble.Open(sources[0].Members, null, false, null);
        float logit = ensemble.Predict([_folder["image"]], 1, 1, false, TestContext.Current.CancellationToken).Single().Logits![0];
        string score = (100 * Radapt.Inference.Scoring.Probability(logit)).ToString("0.####", CultureInfo.InvariantCulture);
        Assert.Contains(score, Encoding.Latin1.GetString(files[0].File), StringComparison.Ordinal);
        Assert.Contains("mean of 2 folds", Encoding.Latin1.GetString(files[0].File), StringComparison.Ordinal);
    }

    private static string[] Hashes(InstanceResults results) =>
        [.. results.Files.Select(f => Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(f.File)))];

    private static byte[] Image(int number) =>
        (Phantoms.Image() with { InstanceUid = $"1.2.826.0.1.3680043.8.498.3.{number}" }).ToFile("explicit");

    private static InstanceAnalysis Open(ResultSettings settings, params string[] runs) => InstanceAnalysis.Open(
        [.. runs.Select(r => new ModelSource(r, [(r, ComputePlan.Float32)]))], settings, codecs: null, new HandClock());

    private void CopyRun(string name)
    {
        Directory.CreateDirectory(_folder[name]);
        foreach (string file in new[] { "adapter.safetensors", "recipe.yaml" })
        {
            File.Copy(Path.Combine(tiny.Run, file), _folder[$"{name}/{file}"]);
        }
    }

    // Calibrated to a logit of 1.5 whatever the score is; everything is above Youden's threshold and below that of specificity.
    private void WriteRules(string name)
    {
        var rules = new FindingRules("Effusion", 20, 30, new LogitScaling(LogitScalingKind.Platt, 1.5, 1e-12),
            new Dictionary<ThresholdRule, double> { [ThresholdRule.Youden] = -1000, [ThresholdRule.Specificity] = 1000 },
            new ConformalSets(0.1, -1000, 1000));
        new DecisionRules
        {
            FittedOn = DecisionRules.ValidationImages,
            Images = 50,
            Patients = 40,
            Sensitivity = 0.9,
            Specificity = 0.9,
            Adapters = [DecisionRules.AdapterHash(AdapterFile.Locate(_folder[name]))],
            Findings = [rules],
        }.Write(_folder[$"{name}/{DecisionRules.FileName}"]);
    }
}
