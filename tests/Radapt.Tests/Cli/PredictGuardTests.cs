using System.Text.Json.Nodes;
using Radapt.Datasets.Tables;
using Radapt.Imaging.Dicom;
using Radapt.TestData.Dicom;
using Radapt.Tests.Imaging;

namespace Radapt.Tests.Cli;

/// <summary>What a model must not be asked about, and which files of an export are images at all.</summary>
[Collection(WholeCommands.Name)]
public sealed class PredictGuardTests(TinyRun tiny) : IDisposable
{
    private static readonly DicomPhantom s_chest = DicomPhantom.Draw(24, 24, 12, 1) with
    {
        BodyPart = "CHEST",
        LutShape = "IDENTITY",
        PatientId = "0000037",
        Accession = "00ACC1",
        InstanceUid = "1.2.3.9",
        StudyDate = "20260131",
    };

    // The name of a file, what is in it, and why it is refused.
    private static readonly (string Name, DicomPhantom Image, string Reason)[] s_refused =
    [
        ("ct", s_chest with { Modality = "CT" }, "not a radiograph: CT"),
        ("mammogram", s_chest with { Modality = "MG" }, "not a radiograph: MG"),
        ("cine", s_chest with { Frames = 3 }, "not a radiograph: multi-frame"),
        ("lateral", s_chest with { View = "LL" }, "view LAT, not frontal"),
        ("knee", s_chest with { BodyPart = "KNEE" }, "body part KNEE, not the chest"),
        ("inverted", s_chest with { LutShape = "INVERSE" },
            "Presentation LUT Shape contradicts Photometric Interpretation: the image may be inverted"),
        ("window", s_chest with { Window = (-9000, 100) },
            "blank: 98 % of its pixels are within 16 of 256 gray levels; its 16-bit values may use only "
                + "a few of their bits, or the window may "
                + "not cover them"),
    ];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact] // WORKFLOW A3, A4
    public async Task Predict_WhatTheModelWasNotTrainedFor_HasAReasonInsteadOfProbabilities()
    {
        Directory.CreateDirectory(_folder["export"]);
        File.WriteAllBytes(_folder["export/chest"], s_chest.ToFile("explicit"));
        foreach ((string name, DicomPhantom image, _) in s_refused)
        {
            File.WriteAllBytes(_folder[$"export/{name}"], image.ToFile("explicit"));
        }

        (string Name, byte[] Png, string Reason)[] pictures =
        [
            ("dot.png", TestImages.Png([9], 1, 1, 1), "too small: a side of fewer than 16 pixels"),
            ("strip.png", TestImages.Png(TestImages.Pattern(500, 20, 1), 500, 20, 1),
                "not the shape of a radiograph: more than 3 times as long as wide"),
            ("black.png", TestImages.Png(new byte[400], 20, 20, 1), "blank: 98 % of its pixels are within 16 of 256 gray levels"),
            ("dark.png", TestImages.Png([.. Enumerable.Range(0, 400).Select(i => (byte)(i < 320 ? 0 : i - 150))], 20, 20, 1),
                "more than 75 % of its pixels are pure black"),
            ("twelve-bits.png", TestImages.Png16([.. Enumerable.Range(0, 400).Select(i => (ushort)(i * 10))], 20, 20, 1),
                s_refused[^1].Reason), // 12 bits in 16
        ];
        foreach ((string name, byte[] png, _) in pictures)
        {
            File.WriteAllBytes(_folder[$"export/{name}"], png);
        }

        RadaptResult result = (await Run("predict", tiny.Run, "export", "-o", "out.csv", "--json")).Expect(3);
        var rows = CsvCells.Read(_folder["out.csv"]).Rows.ToDictionary(r => Path.GetFileName(r.Cells[0]), r => r.Cells[1..]);
        Assert.Equal(["ok", ""], rows["chest"][2..]);
        Assert.All(rows["chest"][..2], p => Assert.NotEmpty(p));
        Assert.All(s_refused.Select(r => (r.Name, r.Reason)).Concat(pictures.Select(p => (p.Name, p.Reason))),
            r => Assert.Equal(["", "", "refused", r.Reason], rows[r.Name]));
        Assert.Equal((13, 1, 12, 0), ((int)result.Json["images"]!, (int)result.Json["scored"]!, (int)result.Json["refused"]!,
            (int)result.Json["unreadable"]!));
        Assert.Equal(1, (int)result.Json["reasons"]!["not a radiograph: CT"]!);
        Assert.Contains("--score-all", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("look at them", result.Error, StringComparison.Ordinal); // refused images are not listed a second time

        RadaptResult all = (await Run("predict", tiny.Run, "export", "-o", "all.csv", "--score-all", "--json")).Expect(0);
        Assert.Equal((13, 12), ((int)all.Json["scored"]!, (int)all.Json["scored_anyway"]!));
        Assert.True((bool)all.Json["score_all"]!);
        Assert.Contains("Note: --score-all", all.Error, StringComparison.Ordinal);
        Assert.Contains("look at them", all.Error, StringComparison.Ordinal);
        Dictionary<string, string[]> scored =
            CsvCells.Read(_folder["all.csv"]).Rows.ToDictionary(r => Path.GetFileName(r.Cells[0]), r => r.Cells[1..]);
        Assert.Equal(rows["chest"], scored["chest"]);
        Assert.All(s_refused, r => Assert.Equal(["scored-anyway", r.Reason], scored[r.Name][2..]));
        Assert.All(scored.Values, r => Assert.All(r[..2], p => Assert.NotEmpty(p)));
    }

    [Fact] // WORKFLOW C2, C10, C11
    public async Task Predict_ExportOfAPacs_FindsImagesWithoutEndingsOnceAndCountsTheOtherKinds()
    {
        Directory.CreateDirectory(_folder["export/DICOM/ST000000"]);
        File.WriteAllBytes(_folder["export/DICOM/ST000000/IM000000"], s_chest.ToFile("explicit"));
        File.WriteAllBytes(_folder["export/DICOM/ST000000/IM000001"], s_chest.ToFile("rle"));
        File.WriteAllBytes(_folder["export/DICOMDIR"],
            new DicomWriter().Text(DicomTag.PatientId, "LO", "0000037").ToFile(DicomWriter.ExplicitLittleEndian));
        string phantom = Directory.GetFiles(Path.Combine(tiny.Data, "images")).Order().First();
        File.Copy(phantom, _folder["export/a.jfif"]); // a PNG by its content
        File.WriteAllBytes(_folder["export/b.JPE"], TestImages.Jpeg(TestImages.Pattern(40, 40, 1), 40, 40, 1));
        File.WriteAllBytes(_folder["export/c.gif"], "GIF89a"u8.ToArray());
        File.WriteAllBytes(_folder["export/d.tif"], [(byte)'I', (byte)'I', 42, 0, 8, 0, 0, 0]);
        File.WriteAllBytes(_folder["export/e.tiff"], [(byte)'M', (byte)'M', 0, 42, 0, 0, 0, 8]);
        File.WriteAllBytes(_folder["export/f.webp"], [.. "RIFF"u8, 4, 0, 0, 0, .. "WEBP"u8]);
        File.WriteAllBytes(_folder["export/g.bmp"], [(byte)'B', (byte)'M', 9, 9, 9, 9, 0, 0, 0, 0]);
        File.WriteAllBytes(_folder["export/h.jp2"], [0, 0, 0, 12, .. "jP  "u8, 0x0D, 0x0A, 0x87, 0x0A]);
        File.WriteAllText(_folder["export/readme.txt"], "BM no image");
        if (!OperatingSystem.IsWindows())
        {
            Directory.CreateSymbolicLink(_folder["export/up"], _folder["export"]);
        }

        foreach (string named in new[] { "export", "export/**" })
        {
            RadaptResult result = (await Run("predict", tiny.Run, named, "-o", "out.csv", "--overwrite", "--json")).Expect(0);
            Assert.Equal((4, 4), ((int)result.Json["images"]!, (int)result.Json["scored"]!));
            Assert.Equal(["export/DICOM/ST000000/IM000000", "export/DICOM/ST000000/IM000001", "export/a.jfif", "export/b.JPE"],
                CsvCells.Read(_folder["out.csv"]).Rows.Select(r => r.Cells[0]));
            Assert.True(JsonNode.DeepEquals(
                JsonNode.Parse("""{"BMP": 1, "GIF": 1, "JPEG 2000": 1, "TIFF": 2, "WebP": 1}"""), result.Json["passed_over"]),
                result.Json["passed_over"]!.ToJsonString());
            Assert.Contains("6 files in other formats are skipped: 1 BMP, 1 GIF, 1 JPEG 2000, 2 TIFF, 1 WebP.", result.Error,
                StringComparison.Ordinal);
        }

        RadaptResult check = await Run("data", "check", "--data", "export", "--json");
        Assert.Contains("its 4 images are checked", check.Error, StringComparison.Ordinal);
        Assert.Contains("6 files in other formats", check.Error, StringComparison.Ordinal);
    }

    [Fact] // WORKFLOW E: patient, accession, SOP UID, view, date
    public async Task Predict_Columns_AreThereOnlyWhereTheyAreAskedFor()
    {
        File.WriteAllBytes(_folder["chest"], s_chest.ToFile("explicit"));
        string phantom = Directory.GetFiles(Path.Combine(tiny.Data, "images")).Order().First();
        RadaptResult result = (await Run("predict", tiny.Run, "chest", phantom, "-o", "out.csv", "--columns",
            "patient,accession,sop-uid,view,date")).Expect(0);
        Assert.Contains("columns from DICOM headers that identify patients: patient, accession", result.Error,
            StringComparison.Ordinal);
        CsvCells table = CsvCells.Read(_folder["out.csv"]);
        Assert.Equal(["image", "patient", "accession", "sop-uid", "view", "date", "Effusion", "Cardiomegaly", "status", "reason"],
            table.Header);
        Assert.Equal(["0000037", "00ACC1", "1.2.3.9", "PA", "2026-01-31"], table.Rows[0].Cells[1..6]);
        Assert.Equal(["", "", "", "", ""], table.Rows[1].Cells[1..6]);

        (await Run("predict", tiny.Run, "chest", "-o", "plain.csv")).Expect(0);
        Assert.DoesNotContain("0000037", File.ReadAllText(_folder["plain.csv"]), StringComparison.Ordinal);
        RadaptResult unknown = (await Run("predict", tiny.Run, "chest", "-o", "x.csv", "--columns", "name")).Expect(2);
        Assert.Equal("radapt: --columns name: the columns are patient, accession, sop-uid, view, date.", unknown.ErrorLine);
    }

    [Fact] // WORKFLOW E: errors under --json
    public async Task Predict_ErrorUnderJson_IsAJsonObjectToo()
    {
        RadaptResult result = (await Run("predict", tiny.Run, "nowhere", "-o", "out.csv", "--json")).Expect(2);
        Assert.Equal(("nowhere: there is no such image or folder, and no file matches such a pattern.", 2),
            ((string)result.Json["error"]!, (int)result.Json["exit_code"]!));
        Assert.Equal("radapt: nowhere: there is no such image or folder, and no file matches such a pattern.", result.ErrorLine);
    }

    private Task<RadaptResult> Run(params string[] line) => RadaptProcess.Run(_folder.Path, line);
}
