using System.Text;
using System.Text.Json.Nodes;
using Radapt.TestData.Dicom;
using Radapt.Tests.Datasets;

namespace Radapt.Tests.Cli;

/// <summary>DICOM files and a spreadsheet: what a hospital has tonight, from table to figures, by whole commands.</summary>
[Collection(WholeCommands.Name)]
public sealed class HospitalCommandTests(TinyRun tiny) : IDisposable
{
    private readonly HospitalFolder _hospital = new();

    public void Dispose() => _hospital.Dispose();

    [Fact]
    public async Task FineTune_WorkbookByAccession_SplitsByPatientAndComesBackTheSameFromItsRecipe()
    {
        string table = _hospital.WriteWorkbook("befunde.xlsx", _hospital.Table(i => i.Accession));
        RadaptResult tuned = (await Run(FineTune(table, "run"))).Expect(0);
        JsonNode data = tuned.Json["data"]!;
        Assert.Equal((60, 60, 0, 0), ((int)data["matching"]!["rows"]!, (int)data["matching"]!["matched"]!,
            (int)data["matching"]!["ambiguous_rows"]!, (int)data["matching"]!["refused_rows"]!));
        Assert.Equal((1, 1, 1), ((int)data["matching"]!["refused_files"]!["CT"]!, (int)data["matching"]!["refused_files"]!["MG"]!,
            (int)data["matching"]!["refused_files"]!["multi-frame"]!));
        Assert.Equal(60, (int)data["train"]! + (int)data["val"]! + (int)data["test"]!);
        Assert.Contains("'Untersuchung', by AccessionNumber: 60 of 60 rows matched; 0 rows without a file; 4 of 74 files without a row",
            tuned.Error, StringComparison.Ordinal);
        Assert.Contains("divided 70 : 10 : 20 by patient", tuned.Error, StringComparison.Ordinal);
        string recipe = File.ReadAllText(_hospital["run/recipe.yaml"]);
        Assert.All(
            new[] { "image-column: {value: Untersuchung, source: default,", "match: {value: accession, source: default,",
                "views: {value: [frontal], source: default,", "split-shares: {value: [70, 10, 20], source: default",
                    "split-seed: {value: 0,", "flip: {value: on, source: default" },
            line => Assert.Contains(line, recipe, StringComparison.Ordinal));

        AssertSplitIsByPatient(_hospital["run/split.csv"]);
        RadaptResult evaluated = (await Run("evaluate", "run", "--json")).Expect(0);
        Assert.Equal((double)tuned.Json["test"]!["auroc"]!["mean"]!, (double)evaluated.Json["auroc"]!["mean"]!, 1e-6);
        RadaptResult again = (await Run("finetune", "--recipe", _hospital["run/recipe.yaml"], "--out", "again", "--json")).Expect(0);
        Assert.All(new[] { "adapter.safetensors", "predictions.csv", "split.csv" },
            f => Assert.Equal(File.ReadAllBytes(_hospital["run/" + f]), File.ReadAllBytes(_hospital["again/" + f])));
        AssertNothingOfPatients(tuned, evaluated, again);

        File.Delete(Path.Combine(_hospital.Root, _hospital.Images[0].File));
        RadaptResult changed = (await Run("evaluate", "run", "--allow-missing-images")).Expect(2);
        Assert.Contains("its split was drawn, and images, patients or labels have changed since", changed.ErrorLine,
            StringComparison.Ordinal);
    }

    // WORKFLOW C4, C6, C7, A7, A8: a cover sheet, a title above the header, findings in words and crosses, one of a single value, sex as
    // 0/1, and nothing that names images but patient and day.
    [Fact]
    public async Task FineTune_GermanWorkbookByPatientAndDay_LearnsTheRightLabelsAndPredicts()
    {
        string[] header = ["Patienten-Nr.", "Name", "Geburtsdatum", "Geschlecht", "Untersuchungsdatum", .. _hospital.Findings,
            "Tuberkulose", "Befundtext"];
        string[][] rows = [.. _hospital.Images.Select(i =>
            (string[])[i.Patient.ToLowerInvariant(), "Mustermann, Erika", $"0{1 + (i.Number % 9)}.05.1950",
            $"{i.Number % 2}", $"{i.Date:dd.MM.yyyy}", i.Labels[0] == "1" ? "Ja" : "Nein", i.Labels[1] == "1" ? "x" : "", "nein",
            "größer; s. Vorbefund"])];
        Workbook.Write(_hospital["befunde.xlsx"], ("Deckblatt", [["Studie Röntgen Thorax 2023"], ["Ansprechpartner: Dr. Groß"]]),
            ("Befunde", [["Studie Röntgen Thorax 2023"], header, .. rows]));
        RadaptResult tuned = (await Run(FineTune(_hospital["befunde.xlsx"], "run", "--epochs", "2"))).Expect(0);
        Assert.All(
            new[] { "sheet 'Befunde' is read, since 'Deckblatt' before it contains no findings", "1 row above it",
                "'Patienten-Nr.', by PatientID and StudyDate: 60 of 60 rows matched", "divided 70 : 10 : 20 by patient",
                $"findings are {_hospital.Findings[0]} (", "patient: Patienten-Nr.; date: Untersuchungsdatum",
                "not used: Name, Geburtsdatum, Befundtext (other values), Geschlecht (sex or age; --findings uses it anyway), "
                    + "Tuberkulose (never present)" },
            line => Assert.Contains(line, tuned.Error, StringComparison.Ordinal));
        string recipe = File.ReadAllText(_hospital["run/recipe.yaml"]);
        Assert.Contains("match: {value: patient-date, source: default,", recipe, StringComparison.Ordinal);
        AssertSplitIsByPatient(_hospital["run/split.csv"]);

        // Every label is the truth's, told by the file's name, in whichever part the image came.
        RadaptResult all = (await Run("evaluate", "run", "--data", _hospital["befunde.xlsx"], "--image-root", _hospital.Root, "--split",
            "all",
            "--plain-names", "--predictions", _hospital["all.csv"], "--json")).Expect(0);
        Assert.Equal(60, (int)all.Json["images"]!);
        Dictionary<string, string> labels = File.ReadAllLines(_hospital["all.csv"]).Skip(1).Select(l => l.Split(','))
            .ToDictionary(r => r[0], r => r[2] + r[4]);
        Assert.All(_hospital.Images, i => Assert.Equal(string.Concat(i.Labels), labels[i.File]));
        (await Run("predict", "run", Path.Combine(_hospital.Root, _hospital.Images[3].File), "-o", "tomorrow.csv")).Expect(0);
        Assert.Equal(2, File.ReadAllLines(_hospital["tomorrow.csv"]).Length);
        AssertNothingOfPatients(tuned);
    }

    [Fact]
    public async Task FineTune_RowsOfRefusedFilesAndSidedFindings_GoOnWithoutBoth()
    {
        string[][] rows = [.. _hospital.Table(i => i.Accession),
            .. new[] { "00ACC8801", "00ACC8802", "00ACC8803" }.Select(a => (string[])["1", a, "50", "1", "0"])];
        rows[0][^1] = "Erguss rechts";
        string table = _hospital.WriteText("befunde.csv", rows, ';', Encoding.Unicode);
        RadaptResult tuned = (await Run(FineTune(table, "run", "--views", "all", "--study-labels", "--epochs", "2"))).Expect(3);
        Assert.Contains("3 rows without an image for this reason (lines 62, 63, 64)", tuned.Error, StringComparison.Ordinal);
        Assert.EndsWith("Left out: 3 rows whose file is not a radiograph or has a damaged header. The exit code is therefore 3.\n",
            tuned.Error, StringComparison.Ordinal); // WORKFLOW B3: why it is not 0 is the last that is said
        Assert.Contains("10 rows match several images, all of which they label", tuned.Error, StringComparison.Ordinal);
        Assert.Contains("the finding 'Erguss rechts' names a side", tuned.Error, StringComparison.Ordinal);
        Assert.Contains("flip: {value: off, source: default", File.ReadAllText(_hospital["run/recipe.yaml"]), StringComparison.Ordinal);
        Assert.Equal(70, (int)tuned.Json["data"]!["train"]! + (int)tuned.Json["data"]!["val"]! + (int)tuned.Json["data"]!["test"]!);
        RadaptResult refused = (await Run(FineTune(table, "none", "--views", "all"))).Expect(2);
        Assert.Contains("give --study-labels", refused.ErrorLine, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_hospital["none"]));
        RadaptResult seen =
            (await Run("data", "preview", "--data", table, "--image-root", _hospital.Root, "--image-size", "32", "--json")).Expect(0);
        AssertNothingOfPatients(tuned, refused, seen);
    }

    [Fact]
    public async Task FineTuneEvaluatePredict_UndecodablePixelsAndBlankPictures_AreNotedWithoutNames() // P2, S7
    {
        // The pixels of one file are cut behind a sound header; ten are white, since their window is beside their values.
        string table = _hospital.WriteWorkbook("befunde.xlsx", _hospital.Table(i => i.Accession));
        string cut = Path.Combine(_hospital.Root, _hospital.Images[6].File);
        File.WriteAllBytes(cut, File.ReadAllBytes(cut)[..^100]);
        foreach (HospitalImage image in _hospital.Images.Skip(20).Take(10))
        {
            string path = Path.Combine(_hospital.Root, image.File);
            DicomPhantom white = DicomPhantom.Draw([.. Enumerable.Range(0, 400).Select(i => (byte)(i % 200))], 20, 12) with
            {
                PatientId = image.Patient,
                PatientName = image.Name,
                Accession = image.Accession,
                InstanceUid = image.Uid,
                View = image.View,
                Modality = "DX",
                Window = (-9000, 100),
            };
            File.WriteAllBytes(path, white.ToFile("explicit"));
        }

        RadaptResult tuned = (await Run(FineTune(table, "run", "--epochs", "2"))).Expect(3);
        Assert.Contains("1 of 60 images cannot be read and is left out: befunde.xlsx, line 8 (", tuned.Error, StringComparison.Ordinal);
        Assert.Contains("Pixels: 59 of 60 images were decoded", tuned.Error, StringComparison.Ordinal);
        Assert.EndsWith("Left out: 1 image that cannot be read (unreadable.csv in the run folder). The exit code is therefore 3.\n",
            tuned.Error, StringComparison.Ordinal);
        Assert.Contains("10 of 59 images are blank or nearly blank", tuned.Error, StringComparison.Ordinal);
        Assert.Contains("--dicom-scale percentile", tuned.Error, StringComparison.Ordinal);
        Assert.Equal((60, 1, 10), ((int)tuned.Json["data"]!["pixels"]!["checked"]!, (int)tuned.Json["data"]!["pixels"]!["unreadable"]!,
            (int)tuned.Json["data"]!["pixels"]!["blank"]!));

        RadaptResult evaluated =
            (await Run("evaluate", "run", "--data", table, "--image-root", _hospital.Root, "--split", "all", "--skip-unreadable", "2%",
                "--json")).Expect(3);
        Assert.Equal((59, 1), ((int)evaluated.Json["images"]!, (int)evaluated.Json["unreadable"]!));
        Assert.Contains("10 of 59 images are blank", evaluated.Error, StringComparison.Ordinal);
        RadaptResult refused =
            (await Run("evaluate", "run", "--data", table, "--image-root", _hospital.Root, "--split", "all", "--skip-unreadable",
                "0")).Expect(2);

        string[] named = [.. _hospital.Images.Skip(5).Take(20).Select(i => Path.Combine(_hospital.Path, $"{i.Name.Split('^')[0]}.dcm"))];
        foreach ((string name, HospitalImage image) in named.Zip(_hospital.Images.Skip(5)))
        {
            File.Copy(Path.Combine(_hospital.Root, image.File), name);
        }

        RadaptResult predicted = (await Run(["predict", "run", .. named, "-o", "out.csv", "--json"])).Expect(3);
        Assert.Contains("radapt: out.csv, line 3: ", predicted.Error, StringComparison.Ordinal); // the second of the table
        Assert.Equal((1, 5), ((int)predicted.Json["unreadable"]!, (int)predicted.Json["refused"]!)); // the blank ones are refused
        Assert.All(_hospital.Secrets, s => Assert.DoesNotContain(s, predicted.Error, StringComparison.Ordinal));
        File.Delete(_hospital["out.csv"]); // what was predicted is named there as it was asked for
        foreach (string name in named)
        {
            File.Delete(name);
        }

        AssertNothingOfPatients(tuned, evaluated, refused);
    }

    [Fact]
    public async Task DataSplit_MatchedTable_WritesOneThatNamesItsFiles()
    {
        string table = _hospital.WriteWorkbook("befunde.xlsx", _hospital.Table(i => i.Accession));
        (await Run("data", "split", "--data", table, "--image-root", _hospital.Root, "-o", "labels.csv")).Expect(0);
        Assert.Equal(61, File.ReadAllLines(_hospital["labels.csv"]).Length);
        RadaptResult tuned =
            (await Run(FineTune(_hospital["labels.csv"], "run", "--epochs", "1", "--image-root", _hospital.Path))).Expect(0);
        Assert.Null(tuned.Json["data"]!["split"]);
        AssertNothingOfPatients(tuned);
    }

    private Task<RadaptResult> Run(params string[] line) => RadaptProcess.Run(_hospital.Path, line);

    // The tiny run's arguments on another table; what is given here takes the place of the tiny run's.
    private string[] FineTune(string table, string run, params string[] more)
    {
        string[] given = more.Contains("--image-root") ? more : [.. more, "--image-root", _hospital.Root];
        string[] tinys = tiny.FineTune(run);
        tinys[2] = table;
        bool IsReplaced(int i) => tinys[i].StartsWith("--", StringComparison.Ordinal) && given.Contains(tinys[i]);
        string[] kept = [.. tinys.Where((a, i) => a != "--plain-names" && !IsReplaced(i) && !(i > 0 && IsReplaced(i - 1)))];
        return [.. kept, "--json", "--allow-rare-findings", .. given];
    }

    private void AssertSplitIsByPatient(string file)
    {
        string[][] rows = [.. File.ReadAllLines(file).Skip(1).Select(l => l.Split(','))];
        Assert.Equal(60, rows.Length);
        Assert.All(rows, r => Assert.Matches("^[0-9a-f]{32}$", r[0]));
        Assert.Equal(_hospital.Images.Select(i => i.Patient).Distinct().Count(), rows.Select(r => r[1]).Distinct().Count());
        Assert.All(rows.GroupBy(r => r[1]), g => Assert.Single(g.Select(r => r[2]).Distinct()));
    }

    // Text of adapters and events is UTF-8 or Latin-1; a path or a key may be UTF-16.
    private void AssertNothingOfPatients(params RadaptResult[] results)
    {
        string[] secrets = [.. _hospital.Secrets];
        foreach (string file in Directory.GetDirectories(_hospital.Path).Where(d => d != _hospital.Root)
            .SelectMany(d => Directory.GetFiles(d, "*", SearchOption.AllDirectories)))
        {
            byte[] bytes = File.ReadAllBytes(file);
            Assert.All(secrets,
                s => Assert.True(bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(s)) < 0
                    && bytes.AsSpan().IndexOf(Encoding.Unicode.GetBytes(s)) < 0, $"{s} in {file}"));
        }

        Assert.All(results, r => Assert.All(secrets, s => Assert.DoesNotContain(s, r.Output + r.Error, StringComparison.Ordinal)));
    }
}
