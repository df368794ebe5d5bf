using System.Text;
using Radapt.Imaging;
using Radapt.Imaging.Dicom.Codecs;
using Radapt.TestData.Dicom;

namespace Radapt.Tests.Cli;

/// <summary>Fine-tuning, evaluation and prediction on DICOM files, as a hospital has them.</summary>
[Collection(WholeCommands.Name)]
public sealed class DicomCommandTests(TinyRun tiny)
{
    private const string Patient = "PAT4711";
    private static readonly string[] s_syntaxes = ["explicit", "implicit", "rle", "jpeg-lossless", "deflated", "big-endian"];

    [Fact]
    public async Task FineTuneEvaluatePredict_DicomPhantoms_GiveTheFiguresOfTheSamePngFiles()
    {
        using var folder = new TemporaryFolder();
        string data = folder["hospital"];
        WriteDicom(data);
        string[] line = tiny.FineTune(folder["run"], "--json");
        line[2] = data;
        line = [.. line.Where(a => a != "--plain-names")];
        RadaptResult tuned = (await RadaptProcess.Run(folder.Path, line)).Expect(0);
        Assert.Equal((double)tiny.Result.Json["test"]!["auroc"]!["mean"]!, (double)tuned.Json["test"]!["auroc"]!["mean"]!, 1e-6);
        Assert.Contains("dicom-scale: ", File.ReadAllText(folder["run/recipe.yaml"]), StringComparison.Ordinal);
        RadaptResult evaluated = (await RadaptProcess.Run(folder.Path, "evaluate", "run", "--json")).Expect(0);
        Assert.Equal((double)tuned.Json["test"]!["auroc"]!["mean"]!, (double)evaluated.Json["auroc"]!["mean"]!, 1e-6);

        File.WriteAllText(Path.Combine(data, "damaged.dcm"), "no image");
        RadaptResult predicted = (await RadaptProcess.Run(folder.Path, "predict", "run", data, "-o", "out.csv")).Expect(3);
        Assert.Equal(1 + 60 + 1, File.ReadAllLines(folder["out.csv"]).Length);

        // By its row, not by a name.
        Assert.Contains("out.csv, line 2: its content is not DICOM", predicted.Error, StringComparison.Ordinal);
        Assert.Contains("not DICOM", File.ReadAllLines(folder["out.csv"])[1], StringComparison.Ordinal);
        AssertNothingOfPatients(folder["run"], tuned, evaluated, predicted);
    }

    [Fact]
    public async Task FineTune_JpegLsAndJpeg2000_AreDecodedInProcessesOfTheirOwn()
    {
        Imaging.Dicom.DecodingProcesses.SkipWithout(CodecLibrary.JpegLs);
        Imaging.Dicom.DecodingProcesses.SkipWithout(CodecLibrary.Jpeg2000);
        using var folder = new TemporaryFolder();
        WriteDicom(folder["hospital"], "jpeg-ls", "jpeg-2000-lossless");
        string[] line = tiny.FineTune(folder["run"], "--json", "--cache", folder["cache"]);
        line[2] = folder["hospital"];
        RadaptResult tuned = (await RadaptProcess.Run(folder.Path, line)).Expect(0);
        Assert.Equal((double)tiny.Result.Json["test"]!["auroc"]!["mean"]!, (double)tuned.Json["test"]!["auroc"]!["mean"]!, 1e-6);

        // R2: the other command that decodes training images.
        (await RadaptProcess.Run(folder.Path, "data", "preview", "--data", "hospital", "--images", "4", "--epochs", "1", "--out",
            "sheet.png")).Expect(0);
    }

    [Fact] // R1
    public async Task DataAndFineTune_FilesThatStateNoFrames_CountAsOneImageEach()
    {
        const int Images = 24;
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["export"]);
        foreach (int i in Enumerable.Range(0, Images))
        {
            DicomPhantom phantom = DicomPhantom.Draw(20, 20, 12, i) with
            {
                Frames = 0,
                PatientId = $"ID{i}",
                Accession = $"ACC{i:000}",
                StudyUid = $"1.2.3.{i}",
                InstanceUid = $"1.2.3.{i}.1",
            };
            File.WriteAllBytes(folder[$"export/{i:000}.dcm"], phantom.ToFile(i % 2 == 0 ? "explicit" : "rle"));
        }

        IEnumerable<string> rows = Enumerable.Range(0, Images).Select(i => $"ACC{i:000},{i / 2 % 2}\n");
        File.WriteAllText(folder["labels.csv"], "accession,Finding\n" + string.Concat(rows));
        string[] data = ["--data", "labels.csv", "--image-root", "export"];
        RadaptResult split = (await RadaptProcess.Run(folder.Path, ["data", "split", .. data, "-o", "split.csv", "--json"])).Expect(0);
        Assert.Equal(Images, split.Json["parts"]!.AsArray().Sum(p => (int)p!["images"]!));
        string[] preview = ["data", "preview", .. data, "--image-size", "16", "--images", "99", "--epochs", "0", "--out",
            "a.png", "--json"];
        RadaptResult sheet = (await RadaptProcess.Run(folder.Path, preview)).Expect(0);
        string[] line = tiny.FineTune("run", "--json", "--allow-rare-findings", "--image-root", "export");
        line = [.. line.Where(a => a != "--plain-names")];
        line[2] = "labels.csv";
        line[Array.IndexOf(line, "--epochs") + 1] = "1";
        RadaptResult tuned = (await RadaptProcess.Run(folder.Path, line)).Expect(0);
        int[] parts = [.. new[] { "train", "val", "test" }.Select(p => (int)tuned.Json["data"]![p]!)];
        Assert.Equal(Images, parts.Sum());
        Assert.Equal(parts[0], sheet.Json["rows"]!.AsArray().Count); // a row for each training image
    }

    [Fact]
    public async Task FineTune_OtherScale_IsSavedWithTheAdapter()
    {
        using var folder = new TemporaryFolder();
        WriteDicom(folder["hospital"]);
        string[] line = tiny.FineTune(folder["run"], "--dicom-scale", "percentile");
        line[2] = folder["hospital"];
        (await RadaptProcess.Run(folder.Path, line)).Expect(0);
        string adapter = Encoding.Latin1.GetString(File.ReadAllBytes(folder["run/adapter.safetensors"]));
        Assert.Contains("dicom_scale", adapter, StringComparison.Ordinal);
        Assert.Contains("percentile", adapter, StringComparison.Ordinal);
    }

    // The PNG phantoms as 12-bit DICOM files whose window gives back the very gray levels; MONOCHROME1 and 2, all in one folder.
    private void WriteDicom(string target, params string[] syntaxes)
    {
        syntaxes = syntaxes.Length > 0 ? syntaxes : s_syntaxes;
        Directory.CreateDirectory(Path.Combine(target, "images"));
        foreach ((int i, string png) in Directory.GetFiles(Path.Combine(tiny.Data, "images")).Order(StringComparer.Ordinal).Index())
        {
            Radiograph image = RadiographReader.Read(png);
            DicomPhantom phantom = DicomPhantom.Draw(image.Pixels, image.Width, 12) with
            {
                PatientId = Patient + i,
                StudyUid = $"1.2.{i}",
                InstanceUid = $"1.2.3.{i}",
                IsInverted = i % 3 == 0,
                Window = (2048, 4096),
            };
            File.WriteAllBytes(Path.Combine(target, "images", Path.GetFileNameWithoutExtension(png) + Patient + ".dcm"),
                phantom.ToFile(syntaxes[i % syntaxes.Length]));
        }

        string[] table = File.ReadAllLines(Path.Combine(tiny.Data, "labels.csv"));
        File.WriteAllLines(
            Path.Combine(target, "labels.csv"),
            table.Select(l => string.Join(',', l.Split(',').Where((_, column) => column != 1))
                .Replace(".png", Patient + ".dcm", StringComparison.Ordinal)));
    }

    private static void AssertNothingOfPatients(string run, params RadaptResult[] results)
    {
        foreach (string file in Directory.GetFiles(run, "*", SearchOption.AllDirectories))
        {
            Assert.DoesNotContain(Patient, Encoding.Latin1.GetString(File.ReadAllBytes(file)), StringComparison.Ordinal);
        }

        Assert.All(results, r => Assert.DoesNotContain(Patient, r.Output + r.Error, StringComparison.Ordinal));
    }
}
