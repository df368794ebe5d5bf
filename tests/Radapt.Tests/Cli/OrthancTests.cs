using Radapt.Imaging.Dicom;
using Radapt.TestData.Dicom;
using Radapt.Tests.Pacs.Results;

namespace Radapt.Tests.Cli;

/// <summary>Images out of an archive and results back into it.</summary>
[Collection(WholeCommands.Name)]
public sealed class OrthancTests(TinyRun tiny) : IDisposable
{
    private static readonly string[] s_syntaxes = ["explicit", "implicit", "rle"];
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Watch_ImagesOfAnArchive_ResultsAreInTheSameStudies()
    {
        using Orthanc archive = await Orthanc.Start();
        for (int i = 0; i < s_syntaxes.Length; i++)
        {
            await archive.Store(Image(i).ToFile(s_syntaxes[i]));
        }

        Directory.CreateDirectory(_folder["in"]);
        IReadOnlyDictionary<string, byte[]> images = await archive.Instances("DX");
        Assert.Equal(s_syntaxes.Length, images.Count);
        foreach ((string uid, byte[] file) in images)
        {
            File.WriteAllBytes(_folder[$"in/{uid}"], file);
        }

        File.WriteAllText(_folder["pacs.txt"], Orthanc.Credentials + "\n");
        string[] line = ["watch", "in", tiny.Run, "--out", "out", "--once", "--settle", "0", "--interval", "0.05", "--heat-maps", "all",
            "--stow", archive.Service, "--json"];
        RadaptResult sent = (await Run([.. line, "--stow-credentials", "pacs.txt"])).Expect(0);
        Assert.Equal((9, 0, 0), ((int)sent.Json["sent"]!, (int)sent.Json["rejected"]!, (int)sent.Json["unsent"]!));

        IReadOnlyDictionary<string, byte[]> reports = await archive.Instances("SR"), maps = await archive.Instances("OT");
        Assert.Equal((3, 6), (reports.Count, maps.Count));
        Assert.Equal(2, await archive.Studies());
        Assert.All(reports.Concat(maps), r => Assert.Equal(File.ReadAllBytes(_folder[$"out/{r.Key}.dcm"]), r.Value));
        foreach (byte[] report in reports.Values)
        {
            Assert.Empty(DicomPeer.Validate(report));
            Assert.Contains("UNVERIFIED", DicomPeer.DumpReport(report), StringComparison.Ordinal);
            Assert.Equal(Phantoms.Name, DicomFile.Parse(report, report.Length).Elements.Text(DicomTag.PatientName));
        }

        Assert.All(maps.Values, m => Assert.Empty(DicomPeer.Validate(m)));

        // The same work a second time, and what the archive sends back, add nothing.
        foreach ((string uid, byte[] result) in reports.Concat(maps))
        {
            File.WriteAllBytes(_folder[$"in/{uid}"], result);
        }

        Directory.Delete(_folder["out"], recursive: true);
        RadaptResult again = (await Run([.. line, "--stow-credentials", "pacs.txt"])).Expect(0);
        Assert.Equal((3, 9, 9), ((int)again.Json["done"]!, (int)again.Json["refused"]!, (int)again.Json["sent"]!));
        Assert.Equal((3, 6), ((await archive.Instances("SR")).Count, (await archive.Instances("OT")).Count));
    }

    [Fact]
    public async Task Results_ArchiveThatRefuses_WaitAndAreSentLater()
    {
        using Orthanc archive = await Orthanc.Start();
        File.WriteAllBytes(_folder["image"], Image(0).ToFile("explicit"));
        string[] line = ["results", tiny.Run, "image", "--out", "out", "--heat-maps", "none", "--stow", archive.Service, "--json"];
        Dictionary<string, string> right = new() { ["RADAPT_STOW_CREDENTIALS"] = Orthanc.Credentials };

        Dictionary<string, string> other = new() { ["RADAPT_STOW_CREDENTIALS"] = "reader:wr0ng" };
        RadaptResult wrong = (await RadaptProcess.Run(_folder.Path, other, line)).Expect(3);
        Assert.Contains("refused the credentials", wrong.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("wr0ng", wrong.Error + wrong.Output, StringComparison.Ordinal);
        RadaptResult elsewhere = (await RadaptProcess.Run(_folder.Path, right,
            [.. line.Select(a => a == archive.Service ? $"{archive.Address}/nothing" : a)])).Expect(3);
        Assert.Contains("no STOW-RS service", elsewhere.Error, StringComparison.Ordinal);
        Assert.Single(Directory.GetFiles(_folder["out/unsent"]));
        Assert.Empty(await archive.Instances("SR"));

        RadaptResult sent = (await RadaptProcess.Run(_folder.Path, right, line)).Expect(0);
        Assert.Equal((1, 0), ((int)sent.Json["sent"]!, (int)sent.Json["results"]!));
        Assert.Single(await archive.Instances("SR"));
    }

    // The first two are of one examination.
    private static DicomPhantom Image(int number) => Phantoms.Image() with
    {
        InstanceUid = $"1.2.826.0.1.3680043.8.498.3.{number}",
        StudyUid = $"1.2.826.0.1.3680043.8.498.1.{number / 2}",
    };

    private Task<RadaptResult> Run(params string[] arguments) => RadaptProcess.Run(_folder.Path, arguments);
}
