using Radapt.Options;
using Radapt.Pretraining;

namespace Radapt.Tests.Pretraining;

public sealed class UnlabelledImagesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("a.png\nscan b.png\n", "a", "scan b")]
    [InlineData("image,Effusion\nx/a.png,1\n\"scan b.png\",0\n", "a", "scan b")]
    [InlineData("a.png 0 1 0\nscan b.png 1 0 0\n", "a", "scan b")]
    [InlineData("a.png;train\r\nC:\\scans\\scan b.jpg\ttest\r\n", "a", "scan b")]
    public void Excluded_Lists_LeaveOutTheirNamesInAnyFolder(string list, params string[] stems)
    {
        File.WriteAllText(_folder["list.txt"], list);
        var excluded = ExcludedImages.Read([_folder["list.txt"]]);
        Assert.All(stems, s => Assert.True(excluded.Has($"/other/{s}.jpg"), s));
        Assert.False(excluded.Has("/other/c.png"));
        Assert.False(excluded.Has("/other/scan.png"));
    }

    [Fact] // a test patient's other images would be seen in pre-training
    public void Excluded_NameOfChestXray14_LeavesOutThePatient()
    {
        File.WriteAllText(_folder["test.txt"], "00000013_004.png 0 1\n");
        var excluded = ExcludedImages.Read([_folder["test.txt"]]);
        Assert.True(excluded.Has("x/00000013_011.jpg"));
        Assert.False(excluded.Has("x/00000131_004.jpg"));
    }

    [Theory]
    [InlineData("", "lists no image")]
    [InlineData(null, "cannot be read")]
    public void Excluded_NothingThere_SaysSo(string? content, string message)
    {
        if (content is not null)
        {
            File.WriteAllText(_folder["list.txt"], content);
        }

        RadaptException error = Assert.Throws<RadaptException>(() => ExcludedImages.Read([_folder["list.txt"]]));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Find_ImagesOfPatients_AreHeldOutTogether()
    {
        for (int patient = 1; patient <= 20; patient++)
        {
            for (int image = 0; image < 3; image++)
            {
                File.WriteAllBytes(_folder[$"{patient:00000000}_{image:000}.png"], []);
            }
        }

        UnlabelledImages found = Find(new UnlabelledOptions { Images = [_folder.Path], HeldOut = new Share(0.1) });
        Assert.Equal(6, found.HeldOut.Items.Count);
        Assert.Equal(54, found.Train.Items.Count);
        Assert.Empty(found.Train.Items.Select(i => i.Patient).Intersect(found.HeldOut.Items.Select(i => i.Patient)));
        Assert.Contains("54 images are learned from; 6 are held out (images of 2 patients).", found.Notes);

        UnlabelledImages again = Find(new UnlabelledOptions { Images = [_folder.Path], HeldOut = new Share(0.1) });
        Assert.Equal(found.HeldOut.Items.Select(i => i.Path), again.HeldOut.Items.Select(i => i.Path));
        UnlabelledImages other = Find(new UnlabelledOptions { Images = [_folder.Path], HeldOut = new Share(0.1) }, seed: 1);
        Assert.NotEqual(found.HeldOut.Items.Select(i => i.Path), other.HeldOut.Items.Select(i => i.Path));
    }

    [Fact] // a resumed run, and a repeated one, must hold out the same images
    public void Find_SameImagesInAnotherFolder_HoldsOutTheSame()
    {
        string[] names = [.. Enumerable.Range(0, 40).Select(i => $"image{i}.png")];
        string[][] heldOut = [.. new[] { "here", "some/where/else" }.Select(folder =>
        {
            Directory.CreateDirectory(_folder[folder]);
            foreach (string name in names)
            {
                File.WriteAllBytes(Path.Combine(_folder[folder], name), []);
            }

            return Find(new UnlabelledOptions { Images = [_folder[folder]], HeldOut = new Share(0.2) }).HeldOut.Items
                .Select(i => i.Name).ToArray();
        })];
        Assert.Equal(8, heldOut[0].Length);
        Assert.Equal(heldOut[0], heldOut[1]);
    }

    [Fact] // WORKFLOW A3: what is not a frontal radiograph is not learned from
    public void Find_DicomFiles_LeavesOutOtherModalitiesAndViews_AndNamesNone()
    {
        string data = Repository.RealData("dicom");
        UnlabelledImages found = Find(new UnlabelledOptions { Images = [data] });
        Assert.Contains(found.LeftOut, l => l.Key == "not a radiograph: CT");
        Assert.All(found.Train.Items, i => Assert.StartsWith("file ", i.Name, StringComparison.Ordinal));
    }

    [Fact]
    public void Find_NoHeldOut_LearnsFromAll()
    {
        File.WriteAllBytes(_folder["a.png"], []);
        File.WriteAllBytes(_folder["b.png"], []);
        UnlabelledImages found = Find(new UnlabelledOptions { Images = [_folder.Path], HeldOut = new Share(0) });
        Assert.Equal(2, found.Train.Items.Count);
        Assert.Empty(found.HeldOut.Items);
    }

    [Fact]
    public void Find_TooFew_SaysWhatWasLeftOut()
    {
        File.WriteAllBytes(_folder["a.png"], []);
        File.WriteAllBytes(_folder["b.png"], []);
        File.WriteAllText(_folder["x.txt"], "a.png");
        RadaptException error = Assert.Throws<RadaptException>(
            () => Find(new UnlabelledOptions { Images = [_folder.Path], Exclude = [_folder["x.txt"]] }));
        Assert.Equal("There are too few images to learn from (1 of 2 files): 1 listed by --exclude.", error.Message);
    }

    private static UnlabelledImages Find(UnlabelledOptions options, long seed = 0) =>
        UnlabelledImages.Find(options, [], plainNames: false, seed, headers: null);
}
