using System.Globalization;
using System.Text;
using Radapt.Datasets.Tables;
using Radapt.Imaging;
using Radapt.Imaging.Dicom;
using Radapt.Pacs.Results;
using Radapt.TestData.Dicom;
using Radapt.Tests.Pacs.Results;

namespace Radapt.Tests.Cli;

/// <summary>DICOM results as a hospital makes them: of named images, and of a folder that images arrive in.</summary>
[Collection(WholeCommands.Name)]
public sealed class ResultCommandTests(TinyRun tiny) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Results_OfAnImage_HaveTheScoresOfPredict()
    {
        byte[] image = Write("export/Doe_Jane", 1);
        RadaptResult made = (await Run("results", tiny.Run, "export", "--out", "results", "--heat-maps", "all", "--json")).Expect(0);
        Assert.Equal((1, 3), ((int)made.Json["done"]!, (int)made.Json["results"]!));
        (await Run("predict", tiny.Run, "export", "-o", "table.csv")).Expect(0);
        string[] cells = CsvCells.Read(_folder["table.csv"]).Rows[0].Cells;
        double[] scores = [.. cells[1..3].Select(c => double.Parse(c, CultureInfo.InvariantCulture))];

        byte[][] files = Results("results");
        DicomDataSet[] sets = [.. files.Select(f => DicomFile.Parse(f, f.Length).Elements)];
        int report = Array.FindIndex(sets, s => s.Text(DicomTag.SopClassUid) == StructuredReport.SopClass);
        Assert.Equal(2, sets.Count(s => s.Text(DicomTag.SopClassUid) == HeatMapImage.SopClass));
        Assert.All(sets, s => Assert.Equal((Phantoms.Name, "0000037"), (s.Text(DicomTag.PatientName), s.Text(DicomTag.PatientId))));
        string text = Encoding.Latin1.GetString(files[report]);
        Assert.All(scores, s => Assert.Contains(
            (100 * s).ToString("0.####", CultureInfo.InvariantCulture), text, StringComparison.Ordinal));
        Assert.All(sets.Index().Where(s => s.Index != report), s => Assert.Equal(3, RadiographReader.Read(files[s.Index], "map").Channels));
        Assert.DoesNotContain("Doe", made.Output + made.Error + string.Concat(Directory.GetFiles(_folder["results"])),
            StringComparison.Ordinal);

        RadaptResult again = (await Run("results", tiny.Run, "export", "--out", "results", "--heat-maps", "all", "--json")).Expect(0);
        Assert.Equal(0, (int)again.Json["results"]!);
        Assert.Equal(files, Results("results"));
        Assert.Equal(image, File.ReadAllBytes(_folder["export/Doe_Jane"]));
    }

    [Fact]
    public async Task Results_OfImagesThatCannotHaveAny_SayWhy()
    {
        Write("export/0-Doe", 1, i => i with { View = "LL" });
        Write("export/1-Doe", 2, i => i with { More = [.. i.More.Where(m => m.Tag != DicomTag.SopClassUid)] });
        File.WriteAllBytes(_folder["export/2-Doe"], [.. Write("export/2-Doe", 3).Take(900)]);
        File.Copy(Directory.GetFiles(Path.Combine(tiny.Data, "images")).Order().First(), _folder["export/3-Doe.png"]);
        RadaptResult made = (await Run("results", tiny.Run, "export", "--out", "results", "--json")).Expect(3);
        Assert.Equal((0, 1, 3), ((int)made.Json["done"]!, (int)made.Json["refused"]!, (int)made.Json["failed"]!));
        Assert.All(
            ["image 1: refused: view LAT, not frontal", "image 2: (0008,0016) SOP Class UID is missing", "image 3: ",
                "image 4: it is not DICOM"],
            line => Assert.Contains(line, made.Error, StringComparison.Ordinal));
        Assert.DoesNotContain("Doe", made.Error, StringComparison.Ordinal);
        Assert.Empty(Results("results"));
    }

    [Theory]
    [InlineData("are for --stow URL", "--stow-http")]
    [InlineData("credentials", "--stow", "https://pacs.example", "--stow-credentials", "none.txt")]
    [InlineData("first line must be", "--codes", "codes.csv")]
    [InlineData("1 to 4096", "--threads", "0")]
    public async Task Results_WrongOptions_AreRefused(string message, params string[] options)
    {
        Write("export/a", 1);
        File.WriteAllText(_folder["codes.csv"], "a,b\n1,2\n");
        RadaptResult refused = (await Run(["results", tiny.Run, "export", "--out", "results", .. options])).Expect(2);
        Assert.Contains(message, refused.ErrorLine, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Watch_KilledAtAnyMoment_HasEveryResultOnceInTheEnd()
    {
        const int Images = 24;
        for (int i = 0; i < Images; i++)
        {
            Write($"in/{i:00}", i);
        }

        string[] line = ["watch", "in", tiny.Run, "--out", "out", "--once", "--settle", "0", "--interval", "0.05", "--heat-maps", "all"];
        int kills = 0;
        for (int wanted = 2; wanted < 3 * Images; wanted += 9)
        {
            using RadaptProcess process = RadaptProcess.Start(_folder.Path, null, line);
            Task<RadaptResult> end = process.End();
            while (!end.IsCompleted && (!Directory.Exists(_folder["out"]) || Directory.GetFiles(_folder["out"], "*.dcm").Length < wanted))
            {
                await Task.Delay(1, TestContext.Current.CancellationToken);
            }

            kills += end.IsCompleted ? 0 : 1;
            process.Kill();
            await end;
        }

        Assert.True(kills > 2);
        byte[][] before = Results("out");
        RadaptResult last = (await Run([.. line, "--json"])).Expect(0);
        Assert.Equal(3 * Images, Results("out").Length);
        Assert.Superset(before.Select(Convert.ToHexString).ToHashSet(), Results("out").Select(Convert.ToHexString).ToHashSet());
        Assert.Equal(0, (int)last.Json["failed"]!);
        Assert.All(Results("out"), f => DicomFile.Parse(f, f.Length));
        Assert.Equal(Images, Directory.GetFiles(_folder["in"]).Length);
        Assert.Equal(0, (int)(await Run([.. line, "--json"])).Expect(0).Json["done"]!);
    }

    [Fact]
    public async Task Watch_UntilItIsInterrupted_TakesWhatArrives()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "signals are sent by the C library");
        Directory.CreateDirectory(_folder["in"]);
        using RadaptProcess process = RadaptProcess.Start(_folder.Path, "Watching in",
            "watch", "in", tiny.Run, "--out", "out", "--settle", "0", "--interval", "0.05", "--heat-maps", "none", "--json");
        await process.Awaited();
        Write("in/a", 1);
        while (Results("out").Length < 1)
        {
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }

        process.Interrupt();
        RadaptResult end = (await process.End()).Expect(0);
        Assert.Equal((1, 1), ((int)end.Json["done"]!, (int)end.Json["results"]!));
    }

    [Fact]
    public async Task Watch_WrongFolders_AreRefused()
    {
        Assert.Contains("no such folder", (await Run("watch", "none", tiny.Run, "--out", "out")).Expect(2).ErrorLine,
            StringComparison.Ordinal);
        Directory.CreateDirectory(_folder["in"]);
        Assert.Contains("is in the watched folder", (await Run("watch", "in", tiny.Run, "--out", "in/out")).Expect(2).ErrorLine,
            StringComparison.Ordinal);
        Assert.Contains("--settle must be", (await Run("watch", "in", tiny.Run, "--out", "out", "--settle", "-1")).Expect(2).ErrorLine,
            StringComparison.Ordinal);
    }

    private byte[][] Results(string folder) => !Directory.Exists(_folder[folder]) ? []
        : [.. Directory.GetFiles(_folder[folder], "*.dcm").Order(StringComparer.Ordinal).Select(File.ReadAllBytes)];

    private byte[] Write(string name, int number, Func<DicomPhantom, DicomPhantom>? change = null)
    {
        DicomPhantom phantom = Phantoms.Image() with { InstanceUid = $"1.2.826.0.1.3680043.8.498.3.{number}" };
        byte[] file = (change?.Invoke(phantom) ?? phantom).ToFile("explicit");
        Directory.CreateDirectory(Path.GetDirectoryName(_folder[name])!);
        File.WriteAllBytes(_folder[name], file);
        return file;
    }

    private Task<RadaptResult> Run(params string[] arguments) => RadaptProcess.Run(_folder.Path, arguments);
}
