using NetVips;
using Radapt.Compute;
using Radapt.Datasets;
using Radapt.Datasets.Checks;
using Radapt.Datasets.Phantoms;
using Radapt.Datasets.Tables;
using Radapt.Imaging;
using Radapt.TestData.Dicom;

namespace Radapt.Tests.Datasets.Checks;

/// <summary>Phantoms with one fault of each kind: all are found, and nothing else.</summary>
public sealed class PlantedFaultsTests : IDisposable
{
    private const int Size = 96;

    private readonly TemporaryFolder _folder = new();
    private readonly List<PlantedRow> _rows;
    private readonly List<(string? Image, DataProblemKind Kind, ProblemSeverity Severity)> _planted = [];

    public PlantedFaultsTests()
    {
        PhantomSet.Write(_folder["set"], new PhantomOptions
        {
            Count = 300,
            Size = Size,
            Seed = 11,
            Masks = false,
        }, null, TestContext.Current.CancellationToken);
        var random = new KeyedRandom(4, RandomPurpose.Phantom);
        _rows = [.. CsvCells.Read(_folder["set/labels.csv"]).Rows.Select(
            r => new PlantedRow(r.Cells[0], r.Cells[1], r.Cells[2], [.. r.Cells[3..]], random.NextInt32(2) == 0 ? "PA" : "AP"))];
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Run_SoundPhantoms_FindsNothing() => Assert.Empty(Check().Problems);

    [Fact]
    public void Run_OneFaultOfEachKind_FindsAllAndNothingElse()
    {
        PlantBrokenFiles();
        PlantOddPictures();
        PlantDuplicates();
        PlantWrongRows();
        PlantShortcut();
        DataCheckReport report = Check();
        Assert.Equal(
            _planted.OrderBy(p => p.Kind).ThenBy(p => p.Image, StringComparer.Ordinal),
            report.Problems.Select(p => (p.Image, p.Kind, p.Severity)).OrderBy(p => p.Kind).ThenBy(p => p.Image, StringComparer.Ordinal));
        Assert.Equal(Enum.GetValues<DataProblemKind>().Except([DataProblemKind.Refused]), report.Problems.Select(p => p.Kind)
            .Distinct().Order());
        // patients are called P000001 and so on
        Assert.DoesNotContain(report.Problems, p => p.What.Contains("P0", StringComparison.Ordinal));
        Assert.Equal(report.Problems.OrderBy(p => p.Severity), report.Problems);
    }

    [Fact]
    public void Run_AnyThreads_FindsTheSame()
    {
        PlantBrokenFiles();
        PlantDuplicates();
        Assert.Equal(Check(threads: 1).Problems, Check(threads: 5).Problems);
    }

    private DataCheckReport Check(int threads = 0)
    {
        string table = _folder["set/checked.csv"];
        File.WriteAllLines(table, ["image,patient,split,view,Cardiomegaly,Effusion,Consolidation,Nodule,Pneumothorax,No Finding,Hernia",
            .. _rows.Select(r => r.ToString())]);
        return DataCheck.Run(new DataCheckOptions
        {
            Data = new DataOptions { Data = table },
            Threads = threads,
        }, null, TestContext.Current.CancellationToken);
    }

    private void PlantBrokenFiles()
    {
        PlantedRow missing = Take("train");
        File.Delete(PathOf(missing));
        Planted(missing, DataProblemKind.Missing, ProblemSeverity.Error);

        PlantedRow truncated = Take("train");
        byte[] bytes = File.ReadAllBytes(PathOf(truncated));
        File.WriteAllBytes(PathOf(truncated), bytes[..(bytes.Length / 2)]);
        Planted(truncated, DataProblemKind.Unreadable, ProblemSeverity.Error);

        PlantedRow text = Take("test");
        File.WriteAllText(PathOf(text), "404 not found");
        Planted(text, DataProblemKind.Unreadable, ProblemSeverity.Error);
    }

    private void PlantOddPictures()
    {
        var random = new KeyedRandom(5, RandomPurpose.Phantom);
        PlantedRow blank = Take("train");
        Write(blank, (_, _) => (byte)(120 + random.NextInt32(8)));
        Planted(blank, DataProblemKind.Blank, ProblemSeverity.Warning);

        PlantedRow saturated = Take("train");
        Write(saturated, (old, i) => i % Size < Size * 0.45 ? (byte)255 : old);
        Planted(saturated, DataProblemKind.Saturated, ProblemSeverity.Warning);

        PlantedRow inverted = Take("val");
        Write(inverted, (old, _) => (byte)(255 - old));
        Planted(inverted, DataProblemKind.Inverted, ProblemSeverity.Warning);

        PlantedRow large = Take("train");
        byte[] pixels = Pixels(large);
        File.WriteAllBytes(PathOf(large),
            GrayPng.Encode([.. Enumerable.Range(0, 4 * Size * Size)
                .Select(i => pixels[(i / (2 * Size) / 2 * Size) + (i % (2 * Size) / 2)])], 2 * Size));
        Planted(large, DataProblemKind.OddSize, ProblemSeverity.Note);

        PlantedRow jpeg = Take("train");
        using Image image = Image.NewFromMemory(Pixels(jpeg), Size, Size, 1, Enums.BandFormat.Uchar);
        File.WriteAllBytes(PathOf(jpeg), image.JpegsaveBuffer());
        Planted(jpeg, DataProblemKind.OddEncoding, ProblemSeverity.Note);

        PlantedRow lateral = Take("train");
        File.WriteAllBytes(PathOf(lateral), (DicomPhantom.Draw(Pixels(lateral), Size, 12) with
        {
            View = "LL",
        }).ToFile("explicit"));
        Planted(lateral, DataProblemKind.OtherView, ProblemSeverity.Note);
        Planted(lateral, DataProblemKind.OddEncoding, ProblemSeverity.Note);
        PlantedRow hand = Take("train");
        File.WriteAllBytes(PathOf(hand), (DicomPhantom.Draw(Pixels(hand), Size, 12) with
        {
            BodyPart = "HAND",
        }).ToFile("explicit"));
        Planted(hand, DataProblemKind.OtherBodyPart, ProblemSeverity.Warning);
        _planted.Add((null, DataProblemKind.PatientContradiction, ProblemSeverity.Error)); // both headers name one patient, the table two
        Planted(hand, DataProblemKind.OddEncoding, ProblemSeverity.Note);
    }

    private void PlantDuplicates()
    {
        (PlantedRow copy, _) = TakeTwo("train", "train", isNear: false);
        Planted(copy, DataProblemKind.Duplicate, ProblemSeverity.Warning);
        (copy, _) = TakeTwo("train", "test", isNear: false);
        Planted(copy, DataProblemKind.Duplicate, ProblemSeverity.Error);
        (copy, _) = TakeTwo("train", "train", isNear: true);
        Planted(copy, DataProblemKind.NearDuplicate, ProblemSeverity.Warning);
        (copy, _) = TakeTwo("val", "test", isNear: true);
        Planted(copy, DataProblemKind.NearDuplicate, ProblemSeverity.Error);
        (copy, PlantedRow original) = TakeTwo("train", "train", isNear: false);
        copy.Labels[3] = original.Labels[3] == "1" ? "0" : "1";
        Planted(copy, DataProblemKind.Duplicate, ProblemSeverity.Warning);
        Planted(copy, DataProblemKind.ContradictoryLabels, ProblemSeverity.Error);
    }

    private void PlantWrongRows()
    {
        PlantedRow repeated = Take("train");
        _rows.Add(repeated with { Labels = [.. repeated.Labels] });
        Planted(repeated, DataProblemKind.Duplicate, ProblemSeverity.Warning);

        PlantedRow contradicted = Take("train");
        _rows.Add(contradicted with { Labels = [.. contradicted.Labels.Select((l, f) => f == 2 ? (l == "1" ? "0" : "1") : l)] });
        Planted(contradicted, DataProblemKind.Duplicate, ProblemSeverity.Warning);
        Planted(contradicted, DataProblemKind.ContradictoryLabels, ProblemSeverity.Error);

        PlantedRow unknown = Take("test");
        Array.Fill(unknown.Labels, "");
        Planted(unknown, DataProblemKind.UnknownLabels, ProblemSeverity.Warning);

        PlantedRow both = _rows.First(r => !r.IsTaken && r.Labels[0] == "1");
        both.IsTaken = true;
        both.NoFinding = "1";
        Planted(both, DataProblemKind.ContradictoryLabels, ProblemSeverity.Error);

        PlantedRow moved =
            _rows.Last(
                r => r.Split == "train" && !r.IsTaken
                    && _rows.Exists(o => o != r && o.Patient == r.Patient && _rows.IndexOf(o) < _rows.IndexOf(r)));
        moved.IsTaken = true;
        moved.Split = "val";
        Planted(moved, DataProblemKind.PatientInTwoSplits, ProblemSeverity.Error);

        foreach (PlantedRow row in _rows)
        {
            row.Hernia = "0";
        }

        _planted.Add((null, DataProblemKind.ConstantLabel, ProblemSeverity.Error));
    }

    // Nine of ten effusions are seen on images taken in bed, where one of five patients without lies.
    private void PlantShortcut()
    {
        var random = new KeyedRandom(6, RandomPurpose.Phantom);
        foreach (PlantedRow row in _rows)
        {
            row.View = random.NextInt32(10) < (row.Labels[1] == "1" ? 9 : 2) ? "AP" : "PA";
        }

        _planted.Add((null, DataProblemKind.Shortcut, ProblemSeverity.Warning));
    }

    private PlantedRow Take(string split)
    {
        PlantedRow row = _rows.First(r => r.Split == split && !r.IsTaken && _rows.Count(o => o.Patient == r.Patient) == 1);
        row.IsTaken = true;
        return row;
    }

    // The second of two images is made one of the first, with its labels.
    private (PlantedRow Copy, PlantedRow Original) TakeTwo(string split, string other, bool isNear)
    {
        (PlantedRow original, PlantedRow copy) = (Take(split), Take(other));
        if (_rows.IndexOf(original) > _rows.IndexOf(copy))
        {
            (original, copy) = (copy, original);
        }

        original.Labels.CopyTo(copy.Labels, 0);
        File.Copy(PathOf(original), PathOf(copy), overwrite: true);
        if (isNear)
        {
            var random = new KeyedRandom(7, RandomPurpose.Phantom);
            // other contrast, noise
            Write(copy, (old, _) => (byte)Math.Clamp((int)((0.85 * old) + 15 + (4 * random.NextGaussian())), 0, 255));
        }

        return (copy, original);
    }

    private void Planted(PlantedRow row, DataProblemKind kind, ProblemSeverity severity) => _planted.Add((row.Image, kind, severity));

    private string PathOf(PlantedRow row) => _folder[$"set/{row.Image}"];

    private byte[] Pixels(PlantedRow row) => RadiographReader.Read(PathOf(row)).Pixels;

    private void Write(PlantedRow row, Func<byte, int, byte> change) =>
        File.WriteAllBytes(PathOf(row), GrayPng.Encode([.. Pixels(row).Select(change)], Size));

    private sealed record PlantedRow(string Image, string Patient, string Split, string[] Labels, string View)
    {
        public string Split { get; set; } = Split;

        public string View { get; set; } = View;

        public string? NoFinding { get; set; }

        public string Hernia { get; set; } = Image.EndsWith("3.png", StringComparison.Ordinal) ? "1" : "0";

        public bool IsTaken { get; set; }

        public override string ToString() =>
            $"{Image},{Patient},{Split},{View},{string.Join(',', Labels)},{NoFinding ?? (Labels[0].Length == 0 ? "" : Labels.Append(Hernia).Contains("1") ? "0" : "1")},{(Labels[0].Length == 0 ? "" : Hernia)}";
    }
}
