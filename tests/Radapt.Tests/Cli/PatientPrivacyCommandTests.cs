using System.Diagnostics;
using System.Globalization;
using System.Text;
using Radapt.Datasets.Matching;
using Radapt.Imaging.Dicom;
using Radapt.TestData.Dicom;

namespace Radapt.Tests.Cli;

/// <summary>
/// Made-up people in twelve character sets, in headers, names of files and folders, and table columns: nothing of them may get out,
/// whatever a command meets. Every byte that every command prints or writes is searched for it, in every spelling and encoding
/// (WORKFLOW D).
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

    // Written where somebody asked for names by an option; still without what only headers and other columns say of people.
    private const string Doctor = "physician";

    private static readonly string[] s_named = ["problems.csv", "bad.csv", "split.csv", "named.csv", "predictions.csv", "plain.csv"];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // P1
    [Fact]
    public void AllCommands_PeopleInTwelveCharacterSets_ShowNothingOfThem()
    {
        WriteData();
        (int? ExitCode, string[] Line)[] commands =
        [
            (null, ["data", "check", "--data", "labels.csv", "--image-root", "export", "-o", "problems.csv"]),
            (0, ["data", "split", "--data", "labels.csv", "--image-root", "export", "-o", "split.csv", "--json"]),
            (0, ["data", "split", "--data", "labels.csv", "--image-root", "export", "-o", "folds.csv.split.csv", "--folds", "3"]),
            (0, ["data", "preview", "--data", "labels.csv", "--image-root", "export", "--image-size", "32", "--out", "sheet.png"]),
            (0, FineTune("labels.csv", "run", "--cache", "pixels")),
            (0, ["evaluate", "run", "--json", "--roc", "roc.csv", "--predictions", "named.csv"]),
            (0, ["report", "run", "-o", "run.html", "--plots", "plots", "--json"]),
            (0, ["inspect", "run", "--all"]),
            (0, ["inspect", "run", "--json"]),
            (0, ["adapter", "export", "run", "--format", "peft", "--out", "peft"]),
            (0, FineTune("labels.csv", "folds", "--folds", "2", "--json")),
            (0, ["report", "folds", "-o", "folds.html"]),
            (3, ["predict", "run", "export", "-o", "predictions.csv"]),

            // What fails: a CT among the rows, pixels that cannot be decoded, a name in a column that was taken for labels, rows without
            // files, a patient in two parts, contradicting rows, a table of another kind, data that is gone.
            (null, FineTune("with-ct.csv", "ct")),
            (null, FineTune("with-bad.csv", "bad")),
            (2, FineTune("with-bad.csv", "none", "--skip-unreadable", "0%")),
            (3, ["data", "check", "--data", "with-bad.csv", "--image-root", "export", "-o", "bad.csv", "--json"]),
            (3, ["data", "check", "--data", "with-bad.csv", "--image-root", "export"]),
            (null, ["data", "preview", "--data", "with-bad.csv", "--image-root", "export", "--images", "100", "--out", "bad.png"]),
            (null, ["evaluate", "run", "--data", "with-bad.csv", "--image-root", "export", "--split", "all"]),
            (2, FineTune("labels.csv", "none", "--findings", "Name")),
            (2, FineTune("labels.csv", "none", "--findings", "Born")),
            (2, FineTune("labels.csv", "none", "--class-column", "Name")),
            (2, FineTune("labels.csv", "none", "--image-column", "Name")),
            (2, FineTune("missing.csv", "none")),
            (null, ["data", "check", "--data", "missing.csv", "--image-root", "export"]),
            (2, FineTune("overlap.csv", "none")),
            (3, ["data", "check", "--data", "overlap.csv", "--image-root", "export"]),
            (2, FineTune("twice.csv", "none")),
            (null, ["data", "check", "--data", "export"]),
            (null, ["predict", "run", "export/**", "-o", "again.predictions.csv", "--json"]),
        ];
        AssertNothingOfPeople(
        [
            .. from command in commands
               let result = Run(command.Line)
               where command.ExitCode is { } expected && expected != result.Code
               select $"exit code {result.Code}: radapt {string.Join(' ', command.Line)}\n{result.Said}",
        ]);
    }

    [Fact] // names are there for who asks
    public void PlainNames_ShowTheFile()
    {
        WriteData();
        string[] line = ["data", "preview", "--data", "labels.csv", "--image-root", "export", "--image-size", "32", "--out", "sheet.png"];
        Assert.Contains("labels.csv, line 2", Run(line).Said, StringComparison.Ordinal);
        Assert.Contains(s_names[0].Family,
            CanonicalLetters.Composed(Run([.. line, "--plain-names", "--overwrite"]).Said), StringComparison.Ordinal);
    }

    // Through files, since what a pipe's reader decodes is not what was written.
    private (int Code, string Said) Run(string[] line)
    {
        string output = _folder[$"said/{Directory.GetFiles(_folder["said"]).Length:000}.txt"];
        string quoted = string.Join(' ', line.Prepend(RadaptProcess.File).Select(a => $"'{a}'"));
        using var process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", $"{quoted} > {output} 2>&1"])
        {
            WorkingDirectory = _folder.Path,
            Environment = { ["TMPDIR"] = _folder["tmp"] }, // where faults are described
        })!;
        process.WaitForExit();
        return (process.ExitCode, File.ReadAllText(output));
    }

    private string[] FineTune(string table, string run, params string[] more)
    {
        string[] line = [.. tiny.FineTune(run).Where(a => a != "--plain-names")];
        line[2] = table;
        line[Array.IndexOf(line, "--epochs") + 1] = "2";
        return [.. line, "--image-root", "export", "--allow-rare-findings", .. more];
    }

    private void WriteData()
    {
        foreach (string folder in new[] { "export", "said", "tmp" })
        {
            Directory.CreateDirectory(_folder[folder]);
        }

        var rows = new List<string>();
        for (int i = 0; i < Count; i++)
        {
            Put(Dicom(i, "DX"), i, i % 3 == 0 ? ".png" : ".dcm"); // some are named as what they are not
            (string family, string given, _, _) = s_names[i % s_names.Length];
            rows.Add($"{Accession(i)};{family}, {given};{Born(i)};{i % 2}");
        }

        Put(Dicom(100, "CT"), 100, ".dcm");
        Put(Dicom(101, "DX")[..^900], 101, ".dcm"); // in the header
        byte[] damaged = Dicom(102, "DX", "jpeg-lossless");
        damaged.AsSpan(^150..^20).Fill(0xFF); // in the pixels
        Put(damaged, 102, ".dcm");
        WriteTable("labels.csv", rows);
        WriteTable("with-ct.csv", [.. rows, $"{Accession(100)};x;;1"]);
        WriteTable("with-bad.csv", [.. rows, $"{Accession(101)};x;;1", $"{Accession(102)};x;;1"]);
        WriteTable("missing.csv", [.. rows, .. Enumerable.Range(200, 10).Select(i => $"{Accession(i)};{s_names[0].Family};;1")]);
        WriteTable("twice.csv", [.. rows, $"{Accession(3)};{s_names[3].Family};;0", $"{Accession(3)};{s_names[3].Family};;1"]);
        File.WriteAllText(_folder["overlap.csv"], "accession;patient;split;Name;F\n" + string.Concat(rows.Select((r, i) =>
            $"{Accession(i)};{s_names[i % 12].Family};{(i < 24 ? "train" : i < 36 ? "val" : "test")};{s_names[i % 12].Given};{i % 2}\n")));
    }

    private void WriteTable(string name, IEnumerable<string> rows) =>
        File.WriteAllText(_folder[name], "accession;Name;Born;F\n" + string.Concat(rows.Select(r => r + "\n")));

    private static string Accession(int number) => $"ZQX{number:000}KW";

    private static string Id(int number) => $"JVK{number:000}QH";

    private static string Born(int number) => (19310100 + (number % 28) + 1).ToString(CultureInfo.InvariantCulture);

    private static string Physician(int number) => $"Qwertzdoktor{number % 12}";

    private static Encoding EncodingOf(int page) => page == 65001 ? new UTF8Encoding(false)
        : CodePagesEncodingProvider.Instance.GetEncoding(page) ?? Encoding.Latin1;

    private static byte[] Dicom(int number, string modality, string syntax = "explicit")
    {
        (string family, string given, string? set, int page) = s_names[number % s_names.Length];
        string Encoded(string text) => Encoding.Latin1.GetString(EncodingOf(page).GetBytes(text));
        return (DicomPhantom.Draw(20, 20, 12, number) with
        {
            PatientName = Encoded($"{family}^{given}"),
            CharacterSet = set,
            PatientId = Id(number),
            Accession = Accession(number),
            StudyUid = $"1.2.3.{number}",
            InstanceUid = $"1.2.3.{number}.1",
            Modality = modality,
            More =
            [
                (new DicomTag(0x0008, 0x0090), "PN", Physician(number)), (new DicomTag(0x0010, 0x0030), "DA", Born(number)),
                (new DicomTag(0x0010, 0x1001), "PN", Encoded($"{given}^{family}")),
                (new DicomTag(0x0010, 0x1040), "LO", Encoded($"{family} 7")),
                (new DicomTag(0x0010, 0x4000), "LT", Encoded($"{given}: {family}")), (new DicomTag(0x0008, 0x1030), "LO", Encoded(family)),
                (DicomTag.BodyPart, "CS", number == 5 ? "HAND" : "CHEST"),
            ],
        }).ToFile(syntax);
    }

    private void Put(byte[] file, int number, string ending)
    {
        (string family, string given, _, _) = s_names[number % s_names.Length];
        string plain = $"{family}_{given}_{Id(number)}";
        string name = number % 2 == 0 ? CanonicalLetters.Composed(plain) : CanonicalLetters.Decomposed(plain);
        string folder = _folder[$"export/{(number % 4 == 0 ? family : "x")}"];
        Directory.CreateDirectory(folder);
        File.WriteAllBytes(Path.Combine(folder, name + ending), file);
    }

    // Input apart, everything below the folder: what was said, runs, caches, tables, pictures, descriptions of faults.
    private void AssertNothingOfPeople(List<string> failures)
    {
        string[] inputs = ["labels.csv", "with-ct.csv", "with-bad.csv", "missing.csv", "twice.csv", "overlap.csv"];
        List<(byte[] Form, string What)> always =
        [
            .. Enumerable.Range(0, 12).Select(i => (Encoding.ASCII.GetBytes(Physician(i)), Doctor)),
            .. Enumerable.Range(0, 28).Select(i => (Encoding.ASCII.GetBytes(Born(i)), "date of birth")),
        ];
        List<(byte[] Form, string What)> names = [.. s_names.SelectMany(Forms),
            .. new[] { "ZQX", "JVK" }.SelectMany(s => new[] { Encoding.ASCII.GetBytes(s), Encoding.Unicode.GetBytes(s) })
                .Select(f => (f, "accession or patient number"))];
        foreach (string file in Directory.EnumerateFiles(_folder.Path, "*", SearchOption.AllDirectories))
        {
            string place = Path.GetRelativePath(_folder.Path, file);
            if (place.StartsWith("export", StringComparison.Ordinal) || inputs.Contains(place))
            {
                continue;
            }

            byte[] bytes = File.ReadAllBytes(file);
            bool isNamed = s_named.Any(n => Path.GetDirectoryName(place)!.Length == 0 && place.EndsWith(n, StringComparison.Ordinal));
            // `data split` copies the columns of the user's own table, which has a date of birth here.
            bool isSplit = isNamed && place.EndsWith("split.csv", StringComparison.Ordinal);
            foreach ((byte[] form, string what) in isSplit ? always.Where(a => a.What == Doctor) : isNamed ? always : always.Concat(names))
            {
                if (Holds(bytes, form, isText: Path.GetExtension(file) is ".txt" or ".csv" or ".json" or ".yaml" or ".jsonl"))
                {
                    failures.Add(
                        $"{what} in {place}: {(place.EndsWith(".txt", StringComparison.Ordinal) ? Encoding.UTF8.GetString(bytes) : "")}");
                }
            }
        }

        Assert.True(failures.Count == 0, string.Join("\n\n", failures.Take(10)));
    }

    // Family and given name in both Unicode forms, as they are and in capitals, in UTF-8, UTF-16, the header's own encoding, and JSON.
    private static IEnumerable<(byte[] Form, string What)> Forms((string Family, string Given, string? Set, int Page) person) =>
        from name in new[] { person.Family, person.Given }
        from spelled in new[] { CanonicalLetters.Composed(name), CanonicalLetters.Decomposed(name) }
        from cased in new[] { spelled, spelled.ToUpperInvariant() }.Distinct()
        from form in new[]
        {
            Encoding.UTF8.GetBytes(cased), Encoding.Unicode.GetBytes(cased), Encoding.BigEndianUnicode.GetBytes(cased),
            EncodingOf(person.Page).GetBytes(cased),
            Encoding.ASCII.GetBytes(string.Concat(cased.Select(c => char.IsAscii(c) ? $"{c}" : $"\\u{(int)c:x4}"))),
            Encoding.ASCII.GetBytes(string.Concat(cased.Select(c => char.IsAscii(c) ? $"{c}" : $"\\u{(int)c:X4}"))),
            Encoding.ASCII.GetBytes(Uri.EscapeDataString(cased)),
        }
        where !form.All(b => b == '?') // not a letter of that encoding
        select (form, $"{name} of {person.Set}");

    // Two or three bytes occur by chance among pixels and weights; digits occur within the digits of hashes.
    private static bool Holds(byte[] bytes, byte[] form, bool isText)
    {
        if (form.Length < 6 && !(isText && form.Length >= 3))
        {
            return false;
        }

        for (int at = 0, found; (found = bytes.AsSpan(at).IndexOf(form)) >= 0; at += found + 1)
        {
            int start = at + found, end = start + form.Length;
            if (!form.All(b => char.IsAsciiHexDigit((char)b)) || !(IsHex(start - 1) || IsHex(end)))
            {
                return true;
            }
        }

        return false;

        bool IsHex(int i) => i >= 0 && i < bytes.Length && char.IsAsciiHexDigit((char)bytes[i]);
    }
}
