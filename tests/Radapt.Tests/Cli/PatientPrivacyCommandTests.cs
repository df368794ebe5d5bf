using System.Text;
using Radapt.Datasets;
using Radapt.Datasets.Matching;
using Radapt.TestData.Dicom;

namespace Radapt.Tests.Cli;

/// <summary>
/// Made-up names in many character sets, in headers, file names and table columns: none of them may get out, whatever a command meets.
/// </summary>
[Collection(WholeCommands.Name)]
public sealed class PatientPrivacyCommandTests(TinyRun tiny) : IDisposable
{
    private const int Count = 48;

    // Family name, given name, SpecificCharacterSet, encoding of the header (code page).
    private static readonly (string Family, string Given, string? Set, int CodePage)[] s_names =
    [
        ("Mustermän", "Probeé", "ISO_IR 100", 28591), ("Próbčík", "Testěný", "ISO_IR 101", 28592),
            ("Пробников", "Тестослав", "ISO_IR 144", 28595),
        ("Δοκιμόπουλος", "Τεστος", "ISO_IR 126", 28597), ("Ħerbatest", "Ġustest", "ISO_IR 109", 28593),
            ("Tēstiņš", "Prūvė", "ISO_IR 110", 28594),
        ("试验姓", "测试名", "GB18030", 54936), ("試験姓", "仮名前", "\\ISO 2022 IR 87", 50220), ("시험성", "김시험", "\\ISO 2022 IR 149", 949),
        ("Überprobe", "Ñandútest", "ISO_IR 192", 65001), ("Žkouška", "Ťestík", null, 65001), ("李", "伍", "GB18030", 54936),
    ];

    private readonly TemporaryFolder _folder = new();
    private readonly List<RadaptResult> _results = [];

    public void Dispose() => _folder.Dispose();

    // P1
    [Fact]
    public async Task AllCommands_NamesInTwelveCharacterSets_ShowNoneOfThem()
    {
        string table = WriteData();
        await Run(0, "data", "check", "--data", table, "--image-root", "export", "-o", "problems.csv");
        await Run(0, "data", "split", "--data", table, "--image-root", "export", "-o", "split.csv");
        await Run(0, "data", "preview", "--data", table, "--image-root", "export", "--image-size", "32", "--out", "sheet.png");
        await Run(0, FineTune("labels.csv", "run"));
        await Run(0, "evaluate", "run");
        await Run(0, FineTune("labels.csv", "folds", "--folds", "2"));
        await Run(3, "predict", "run", "export", "-o", "predictions.csv");

        // What fails: a CT among the rows, pixels that cannot be decoded, a name in a column that was taken for labels, rows without files,
        // a patient in two parts.
        await Run(null, FineTune("with-ct.csv", "ct"));
        await Run(null, FineTune("with-bad.csv", "bad"));
        await Run(3, "data", "check", "--data", "with-bad.csv", "--image-root", "export", "-o", "bad.csv");
        await Run(null, "data", "preview", "--data", "with-bad.csv", "--image-root", "export", "--images", "100", "--out", "bad.png");
        await Run(null, "evaluate", "run", "--data", "with-bad.csv", "--image-root", "export", "--split", "all");
        await Run(2, FineTune("labels.csv", "none", "--findings", "Name"));
        await Run(2, FineTune("missing.csv", "none"));
        await Run(2, FineTune("overlap.csv", "none"));
        AssertNoNames();

        RadaptResult plain = await Run(3, "predict", "run", "export", "-o", "plain.csv", "--plain-names");
        Assert.Contains(s_names[101 % s_names.Length].Family, CanonicalLetters.Composed(plain.Error), StringComparison.Ordinal);
    }

    private async Task<RadaptResult> Run(int? exitCode, params string[] line)
    {
        RadaptResult result = await RadaptProcess.Run(_folder.Path, line);
        _results.Add(exitCode is { } code ? result.Expect(code) : result);
        return result;
    }

    private string[] FineTune(string table, string run, params string[] more)
    {
        string[] line = [.. tiny.FineTune(run).Where(a => a != "--plain-names")];
        line[2] = table;
        line[Array.IndexOf(line, "--epochs") + 1] = "2";
        return [.. line, "--image-root", "export", "--allow-rare-findings", .. more];
    }

    private string WriteData()
    {
        Directory.CreateDirectory(_folder["export"]);
        var rows = new List<string>();
        for (int i = 0; i < Count; i++)
        {
            Put(Dicom(i, "DX"), i, i % 3 == 0 ? ".png" : ".dcm"); // some are named as what they are not
            (string family, string given, _, _) = s_names[i % s_names.Length];
            rows.Add($"ACC{i:000};{family}, {given};{i % 2}");
        }

        Put(Dicom(100, "CT"), 100, ".dcm");
        byte[] damaged = Dicom(101, "DX");
        Put(damaged[..^900], 101, ".dcm");
        WriteTable("labels.csv", rows);
        WriteTable("with-ct.csv", [.. rows, "ACC100;x;1"]);
        WriteTable("with-bad.csv", [.. rows, "ACC101;x;1"]);
        WriteTable("missing.csv", [.. rows, .. Enumerable.Range(200, 10).Select(i => $"ACC{i};{s_names[0].Family};1")]);
        File.WriteAllText(_folder["overlap.csv"], "accession;patient;split;Name;F\n" + string.Concat(rows.Select((r, i) =>
            $"{r.Split(';')[0]};{s_names[i % 12].Family};{(i < 24 ? "train" : i < 36 ? "val" : "test")};{r[(r.IndexOf(';', StringComparison.Ordinal) + 1)..]}\n")));
        return "labels.csv";
    }

    private void WriteTable(string name, IEnumerable<string> rows) =>
        File.WriteAllText(_folder[name], "accession;Name;F\n" + string.Concat(rows.Select(r => r + "\n")));

    private static byte[] Dicom(int number, string modality)
    {
        (string family, string given, string? set, int page) = s_names[number % s_names.Length];
        Encoding encoding = page == 65001 ? new UTF8Encoding(false)
            : CodePagesEncodingProvider.Instance.GetEncoding(page) ?? Encoding.Latin1;
        return (DicomPhantom.Draw(20, 20, 12, number) with
        {
            PatientName = Encoding.Latin1.GetString(encoding.GetBytes($"{family}^{given}")),
            CharacterSet = set,
            PatientId = $"ID{number}",
            Accession = $"ACC{number:000}",
            StudyUid = $"1.2.3.{number}",
            InstanceUid = $"1.2.3.{number}.1",
            Modality = modality,
        }).ToFile("explicit");
    }

    private void Put(byte[] file, int number, string ending)
    {
        (string family, string given, _, _) = s_names[number % s_names.Length];
        string plain = $"{family}_{given}_{number:000}";
        string name = number % 2 == 0 ? CanonicalLetters.Composed(plain) : CanonicalLetters.Decomposed(plain);
        File.WriteAllBytes(_folder[$"export/{name}{ending}"], file);
    }

    private void AssertNoNames()
    {
        string[] secrets = [.. s_names.SelectMany(n => new[] { n.Family, n.Given })];
        Assert.All(_results, r => Assert.All(secrets, s => Assert.True(
            !CanonicalLetters.Composed(r.Output + r.Error).Contains(s, StringComparison.OrdinalIgnoreCase),
            $"a name in: {r.Output}{r.Error}")));
        foreach (string file in new[] { "run", "folds", "ct", "bad" }.Select(f => _folder[f]).Where(Directory.Exists)
            .SelectMany(d => Directory.GetFiles(d, "*", SearchOption.AllDirectories)))
        {
            byte[] bytes = File.ReadAllBytes(file);
            foreach ((string family, string given, _, int page) in s_names)
            {
                Encoding header = page == 65001 ? Encoding.UTF8 : CodePagesEncodingProvider.Instance.GetEncoding(page) ?? Encoding.Latin1;
                var forms = new[] { family, given }.SelectMany(n => new[] { CanonicalLetters.Composed(n), CanonicalLetters.Decomposed(n) })
                    .SelectMany(n => new[] { Encoding.UTF8.GetBytes(n), Encoding.Unicode.GetBytes(n), header.GetBytes(n) });
                Assert.All(forms.Where(f => f.Length >= 6 || Path.GetExtension(file) is not (".safetensors" or ".tfevents")),
                    f => Assert.True(bytes.AsSpan().IndexOf(f) < 0, $"{family} in {file}"));
            }
        }
    }
}
