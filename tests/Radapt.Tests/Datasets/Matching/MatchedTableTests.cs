using System.Text;
using Radapt.Datasets;
using Radapt.Datasets.Checks;
using Radapt.Datasets.Matching;
using Radapt.Imaging;
using Radapt.Options;
using Radapt.TestData.Dicom;

namespace Radapt.Tests.Datasets.Matching;

/// <summary>One hospital for all tests of the class: they only read it, and write tables beside it.</summary>
public sealed class MatchedTableTests : IClassFixture<MatchedTableTests.Hospital>
{
    private readonly HospitalFolder _hospital;

    public MatchedTableTests(Hospital hospital) => _hospital = hospital.Folder;

    public sealed class Hospital : IDisposable
    {
        internal HospitalFolder Folder { get; } = new();

        public void Dispose() => Folder.Dispose();
    }

    public static TheoryData<string, string, string> Keys => new()
    {
        { "path", "image", "csv" }, { "path", "windows", "csv" }, { "stem", "stem", "tsv" }, { "sop-uid", "uid", "xlsx" },
            { "accession", "accession", "xlsx" }, { "accession", "accession", "csv" },
    };

    [Theory]
    [MemberData(nameof(Keys))]
    public void Read_RowsThatNameImagesInAnyWay_MatchByThatWay(string kind, string key, string format)
    {
        string[][] rows = _hospital.Table(i => key switch
        {
            "image" => "./" + i.File,
            "windows" => @"D:\Export\" + i.File.Replace('/', '\\'),
            "stem" => i.File[(i.File.LastIndexOf('/') + 1)..].ToLowerInvariant() + ".png", // named after what they were converted to
            "uid" => i.Uid,
            _ => i.Accession,
        });
        string name = $"{Guid.NewGuid():N}.{format}";
        string table = format == "xlsx" ? _hospital.WriteWorkbook(name, rows)
            : _hospital.WriteText(name, rows, format == "tsv" ? '\t' : ';', format == "tsv" ? Encoding.Unicode : null);
        var notes = new List<string>();
        MatchedTable matched = Read(table, new DataOptions { ImageRoot = _hospital.Root }, notes);
        Assert.Equal("Untersuchung", Choice(matched, "image-column"));
        Assert.Equal(kind, Choice(matched, "match"));
        AssertEveryRowHasItsImage(matched);
        Assert.Contains(notes, n => n.Contains("60 of 60 rows matched; 0 rows without a file;", StringComparison.Ordinal));
        AssertNoSecrets(notes);
    }

    [Fact]
    public void Read_AccessionWithoutItsLeadingZeros_IsFound()
    {
        // what a spreadsheet makes of 0012345
        var images = new[] { new FolderImage("/a/1.png", "0012345.png"), new FolderImage("/a/2.png", "0012346.png") };
        var index = new FolderIndex(new ImageFolder("/a", images));
        Assert.Equal([0], index.Find("12345", MatchKind.Stem));
        Assert.Equal([1], index.Find("12346.0", MatchKind.Stem));
        Assert.Empty(index.Find("345", MatchKind.Stem));
    }

    [Fact]
    public void Find_OnlyTheNameOfAFileInTwoFolders_GivesBothAndTheWholePathOne()
    {
        var index = new FolderIndex(new ImageFolder("/a", [new("/a/x/1.png", "x/1.png"), new("/a/y/1.png", "y/1.png")]));
        Assert.Equal([0, 1], index.Find("1.png", MatchKind.Path));
        Assert.Equal([1], index.Find(@"Y\1.PNG", MatchKind.Path));
        Assert.Equal([1], index.Find("/data/y/1.png", MatchKind.Path));
        Assert.Empty(index.Find("z/1.png", MatchKind.Path));
    }

    [Fact]
    public void Read_HeadersOnly_TellPatientStudyAndView()
    {
        MatchedTable matched = Read(_hospital.WriteText("headers.csv", _hospital.Table(i => i.Accession)), new DataOptions
        {
            ImageRoot = _hospital.Root,
        }, []);
        Assert.All(matched.Rows.Zip(_hospital.Images), p =>
        {
            Assert.Equal(p.Second.Patient, p.First.Row.Patient);
            Assert.Equal($"1.2.826.0.1.3680043.{p.Second.Number}", p.First.Row.Study);
            Assert.Equal(p.Second.View, p.First.Row.View);
        });
    }

    [Fact]
    public void Read_PatientsByAnotherNameThanInTheHeaders_KeepItAlsoWhereACellIsEmpty()
    {
        // A pseudonym for each patient; one cell of a patient with two examinations is empty.
        (string First, string Second) twice = ("pseudonym of " + _hospital.Images[2].Patient, "");
        string[][] rows = WithPatients(i => i.Number == 3 ? twice.Second : "pseudonym of " + i.Patient);
        MatchedTable matched = Read(_hospital.WriteText("patients.csv", rows), new DataOptions { ImageRoot = _hospital.Root }, []);
        Assert.Equal(_hospital.Images[2].Patient, _hospital.Images[3].Patient);
        Assert.Equal([twice.First, twice.First], new[] { 2, 3 }.Select(i => matched.Rows[i].Row.Patient));
        Assert.Equal(45, matched.Rows.Select(r => r.Row.Patient).Distinct().Count());
    }

    // WORKFLOW A2: case numbers, one per examination, and what Excel leaves of a PatientID with a third of the cells empty.
    [Fact]
    public void Read_ColumnThatSplitsPatientsOfTheHeaders_IsRefusedUnlessOneIsChosen()
    {
        string table = _hospital.WriteText("cases.csv", WithPatients(i => $"case {i.Number}"));
        var options = new DataOptions { ImageRoot = _hospital.Root };
        string said = Assert.Throws<RadaptException>(() => Read(table, options, [])).Message;
        Assert.Contains(
            "column 'patient' and the PatientID of the DICOM headers disagree about patients: 15 patients "
                + "of the headers have several values "
            + "in the table, 0 values of the table belong to several patients of the headers (of 45 patients and 60 values; first in "
            + "line 4)", said, StringComparison.Ordinal);
        Assert.Contains("--patients header or --patients table", said, StringComparison.Ordinal);
        AssertNoSecrets([said]);
        Assert.Equal(60, Patients(PatientSource.Table));
        Assert.Equal(45, Patients(PatientSource.Header));

        int Patients(PatientSource source) =>
            Read(table, options with { Patients = source }, []).Rows.Select(r => r.Row.Patient).Distinct().Count();
    }

    // WORKFLOW A2: a check must not say "no errors" of a table that a training refuses.
    [Fact]
    public void Check_ColumnThatSplitsPatientsOfTheHeaders_IsAnError()
    {
        string table = _hospital.WriteText("cases.csv", WithPatients(i => $"case {i.Number}"));
        var options = new DataCheckOptions { Data = new DataOptions { Data = table, ImageRoot = _hospital.Root } };
        DataCheckReport report = DataCheck.Run(options, cancellation: TestContext.Current.CancellationToken);
        DataProblem found = Assert.Single(report.Problems, p => p.Kind == DataProblemKind.PatientContradiction);
        Assert.Equal((null, ProblemSeverity.Error, "cases.csv"), (found.Image, found.Severity, found.ShownImage));
        Assert.StartsWith("column 'patient' and the PatientID of the DICOM headers disagree about patients: 15 patients", found.What,
            StringComparison.Ordinal);
        AssertNoSecrets([found.What]);
        Assert.DoesNotContain(report.Notes, n => n.Contains("data check -o", StringComparison.Ordinal)); // it is that command
        DataCheckReport chosen = DataCheck.Run(
            options with
            {
                Data = options.Data with { Patients = PatientSource.Header },
            }, cancellation: TestContext.Current.CancellationToken);
        Assert.DoesNotContain(chosen.Problems, p => p.Kind == DataProblemKind.PatientContradiction);
    }

    // WORKFLOW A2
    [Fact]
    public void Read_ColumnThatJoinsPatientsOfTheHeaders_IsRefused()
    {
        string table = _hospital.WriteText("wards.csv", WithPatients(i => i.Number < 30 ? "ward A" : "ward B"));
        string said = Assert.Throws<RadaptException>(() => Read(table, new DataOptions { ImageRoot = _hospital.Root }, [])).Message;
        Assert.Contains("0 patients of the headers have several values in the table, 2 values of the table belong to several patients",
            said,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Read_RefusedFilesWithRows_AreNamedAndTheRestGoesOn()
    {
        string[][] rows = [.. _hospital.Table(i => i.Accession),
            .. new[] { "00ACC8801", "00ACC8802", "00ACC8803" }.Select(a => (string[])["1", a, "50", "1", "0"])];
        var notes = new List<string>();
        MatchedTable matched = Read(_hospital.WriteText("refused.csv", rows), new DataOptions { ImageRoot = _hospital.Root }, notes);
        Assert.Equal(60, matched.Rows.Count);
        Assert.Equal([(62, "CT"), (63, "MG"), (64, "multi-frame")], matched.Report!.Refused);
        string refused = Assert.Single(notes, n => n.StartsWith("refused", StringComparison.Ordinal));
        string[] told = ["1 CT, 1 MG, 1 multi-frame, 1 unreadable: ", "3 rows without an image for this reason (lines 62, 63, 64)",
            "FILE.csv names the files"];
        Assert.All(told, t => Assert.Contains(t, refused, StringComparison.Ordinal));
        Assert.DoesNotContain("other/", refused, StringComparison.Ordinal);
        AssertNoSecrets(notes);

        notes.Clear();
        Read(_hospital["refused.csv"], new DataOptions { ImageRoot = _hospital.Root, PlainNames = true }, notes);
        refused = Assert.Single(notes, n => n.StartsWith("refused", StringComparison.Ordinal));
        string[] files = ["1 CT (other/ct)", "1 MG (other/mg)", "1 multi-frame (other/cine)", "(other/broken.dcm)"];
        Assert.All(files, t => Assert.Contains(t, refused, StringComparison.Ordinal));
    }

    // S10: the content decides, not the name.
    [Fact]
    public void Read_DicomFilesNamedPng_AreReadAsDicom()
    {
        using var folder = new LabelFolder();
        DicomPhantom phantom = DicomPhantom.Draw(16, 16, 12, 1) with { PatientId = "P1", View = "AP", Window = (2048, 4096) };
        File.WriteAllBytes(folder["a.png"], phantom.ToFile("explicit"));
        File.WriteAllBytes(folder["b.png"], (phantom with { InstanceUid = "1.2.3.5", StudyUid = "1.2.4" }).ToFile("rle"));
        File.WriteAllBytes(folder["c.png"], (phantom with { Modality = "CT" }).ToFile("explicit"));
        File.WriteAllBytes(folder["d.png"], (phantom with { View = "LL" }).ToFile("explicit"));
        MatchedTable matched = Read(folder.Write("labels.csv", "image,f\na.png,1\nb.png,0\nc.png,1\nd.png,0\n"), new DataOptions(), []);
        Assert.Equal(
            [("a.png", "P1", "1.2.3", "AP"), ("b.png", "P1", "1.2.4", "AP")],
            matched.Rows.Select(r => (r.Row.Name, r.Row.Patient!, r.Row.Study!, r.Row.View!)));
        Assert.Equal([(4, "CT")], matched.Report!.Refused);
        Assert.Equal(1, matched.Report.OtherViews);
        Assert.True(PatientPrivacy.KnowsPatients(matched.Rows));
        Assert.Equal((16, 16), (RadiographReader.Read(folder["a.png"]).Width, RadiographReader.Read(folder["a.png"]).Height));
    }

    [Fact]
    public void Read_RowsOfLateralViews_AreDroppedUnlessAskedFor()
    {
        string[][] rows = [.. _hospital.Table(i => i.Uid), .. _hospital.Images.Where(i => i.Number % 6 == 0)
            .Select(i => (string[])["1", i.Uid + ".2", "50", .. i.Labels])];
        string table = _hospital.WriteText("laterals.csv", rows);
        var notes = new List<string>();
        Assert.Equal(60, Read(table, new DataOptions { ImageRoot = _hospital.Root }, notes).Rows.Count);
        Assert.Contains(notes, n => n.StartsWith("10 rows with views other than --views frontal dropped", StringComparison.Ordinal));
        Assert.Equal(70, Views("all"));
        Assert.Equal(12, Views("AP"));
        Assert.Equal(58, Views("PA", "LL"));
        Assert.Contains("no row is left", Assert.Throws<RadaptException>(() => Views("OTHER")).Message, StringComparison.Ordinal);

        int Views(params string[] views) => Read(table, new DataOptions { ImageRoot = _hospital.Root, Views = views }, []).Rows.Count;
    }

    [Fact]
    public void Read_ViewsOfTheTable_BeatTheHeadersAndUnknownOnesAreKept()
    {
        string[][] rows = _hospital.Table(i => i.Uid);
        rows = [.. rows.Select((r, i) => (string[])[i == 0 ? "View Position" : i == 1 ? "lateral" : i == 2 ? "Frontal" : "", .. r[1..]])];
        MatchedTable matched = Read(_hospital.WriteText("views.csv", rows), new DataOptions { ImageRoot = _hospital.Root }, []);
        Assert.Equal(59, matched.Rows.Count);
        Assert.Equal(0, matched.Report!.UnknownViews);
    }

    [Fact]
    public void Read_StudiesOfSeveralImages_NeedStudyLabelsAndThenLabelEach()
    {
        string table = _hospital.WriteText("studies.csv", _hospital.Table(i => i.Accession));
        var all = new DataOptions { ImageRoot = _hospital.Root, Views = ["all"] };
        string said = Assert.Throws<RadaptException>(() => Read(table, all, [])).Message;
        Assert.All(new[] { "10 rows match several images (lines 2, 8, 14, 20, 26, …)", "--study-labels" },
            t => Assert.Contains(t, said, StringComparison.Ordinal));
        var notes = new List<string>();
        MatchedTable matched = Read(table, all with { StudyLabels = true }, notes);
        Assert.Equal(70, matched.Rows.Count);
        Assert.All(matched.Rows.GroupBy(r => r.Row.Study), g => Assert.Single(g.Select(r => string.Join(',', r.Row.Labels)).Distinct()));
        Assert.Contains(notes, n => n.Contains("10 rows match several images, all of which they label", StringComparison.Ordinal));
        AssertNoSecrets([.. notes, said]);
    }

    [Fact]
    public void Read_RowsWithoutFiles_AreCountedByLineAndRefusedBeyondFivePercent()
    {
        string[][] rows = _hospital.Table(i => i.Number is 3 or 4 ? "gone" + i.Accession : i.Accession);
        var notes = new List<string>();
        Read(_hospital.WriteText("few.csv", rows), new DataOptions { ImageRoot = _hospital.Root }, notes);
        Assert.Contains(notes, n => n.Contains("58 of 60 rows matched; 2 rows without a file (lines 5, 6)", StringComparison.Ordinal));
        string many = _hospital.WriteText("many.csv", _hospital.Table(i => i.Number < 10 ? "gone" + i.Accession : i.Accession));
        string said = Assert.Throws<RadaptException>(() => Read(many, new DataOptions { ImageRoot = _hospital.Root }, [])).Message;
        Assert.Contains("10 of 60 rows have no file", said, StringComparison.Ordinal);
        Assert.Contains("--allow-missing-images", said, StringComparison.Ordinal);
        Assert.Equal(50, Read(many, new DataOptions { ImageRoot = _hospital.Root, AllowMissingImages = true }, []).Rows.Count);
        AssertNoSecrets([.. notes, said]);
    }

    [Fact]
    public void Read_ColumnAndKindGiven_OverrideTheChoice()
    {
        string[][] rows = _hospital.Table(i => i.Uid);
        rows = [.. rows.Select((r, i) => (string[])[i == 0 ? "Nummer" : _hospital.Images[i - 1].Accession, .. r[1..]])];
        string table = _hospital.WriteText("both.csv", rows);
        Assert.Equal("sop-uid", Choice(Read(table, new DataOptions { ImageRoot = _hospital.Root }, []), "match"));
        Assert.Equal("Nummer", Choice(Read(table, new DataOptions
        {
            ImageRoot = _hospital.Root,
            Match = MatchKind.Accession,
        }, []), "image-column"));
        Assert.Equal("accession", Choice(Read(table, new DataOptions { ImageRoot = _hospital.Root, ImageColumn = "Nummer" }, []), "match"));
        string said = Assert.Throws<RadaptException>(() => Read(table, new DataOptions
        {
            ImageRoot = _hospital.Root,
            ImageColumn = "Nummer",
            Match = MatchKind.Stem,
        }, [])).Message;
        Assert.Contains("no row matches one of the", said, StringComparison.Ordinal);
        Assert.Contains("has no such column", Assert.Throws<RadaptException>(() => Read(table, new DataOptions
        {
            ImageColumn = "Bild",
        }, [])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_OwnImageColumnWithPaths_IsTakenWithoutListingTheFolder()
    {
        string table = _hospital.WriteText("named.csv", _hospital.Table(i => i.File, "image"));
        MatchedTable matched = Read(table, new DataOptions { ImageRoot = _hospital.Root }, []);
        AssertEveryRowHasItsImage(matched);
        Assert.Null(matched.Report!.Files);
        Assert.Equal(_hospital.Images[7].Patient, matched.Rows[7].Row.Patient);
    }

    private string[][] WithPatients(Func<HospitalImage, string> patient)
    {
        string[][] rows = _hospital.Table(i => i.Accession);
        return [.. rows.Select((r, i) => (string[])[i == 0 ? "patient" : patient(_hospital.Images[i - 1]), .. r[1..]])];
    }

    private static MatchedTable Read(string table, DataOptions options, ICollection<string> notes) =>
        MatchedTable.Read(table, options, notes, withSplits: true);

    private static string Choice(MatchedTable table, string option) =>
        OptionText.Format(table.Choices.Single(c => c.Option == option).Value);

    private void AssertEveryRowHasItsImage(MatchedTable matched)
    {
        Assert.Equal(_hospital.Findings, matched.Findings);
        Assert.Equal(
            _hospital.Images.Select(i => (Path.Combine(_hospital.Root, i.File), string.Join(',', i.Labels))),
            matched.Rows.Select(r => (r.Path, string.Join(',', r.Row.Labels))));
    }

    private void AssertNoSecrets(IEnumerable<string> said) =>
        Assert.All(_hospital.Secrets, secret => Assert.DoesNotContain(secret, string.Join('\n', said), StringComparison.Ordinal));
}
