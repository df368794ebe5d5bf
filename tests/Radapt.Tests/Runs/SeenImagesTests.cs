using Radapt.Datasets;
using Radapt.Runs;

namespace Radapt.Tests.Runs;

public sealed class SeenImagesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory] // WORKFLOW A5
    [InlineData(true)]
    [InlineData(false)]
    public void PartOf_CopiesUnderOtherNames_AreKnownByTheirContent(bool isKeyed)
    {
        LabelledImage[] images = [.. Enumerable.Range(0, 6).Select(i => Image($"patient-{i}", i))];
        var data = new DataSplits(new(["f"], images[..3]), new(["f"], images[3..5]), new(["f"], images[5..]), [])
        {
            KnowsPatients = isKeyed,
        };
        var options = new DataOptions { Data = _folder["labels.csv"] };
        var names = NameKey.For(options, data);
        SeenImages.Write(_folder["seen.csv"], data, names);
        Assert.DoesNotContain("patient", File.ReadAllText(_folder["seen.csv"]), StringComparison.Ordinal);
        Assert.Equal(isKeyed, File.Exists(_folder[".radapt-key"]));

        SeenImages seen = SeenImages.Read(_folder["seen.csv"], () => NameKey.TryRead(options))!;
        LabelledImage[] copies = [.. Enumerable.Range(0, 7).Select(i => Image($"copy-{i}", i))];
        Assert.Equal(["train", "train", "train", "val", "val", null, null], copies.Select(seen.PartOf));
        Assert.Equal(new SeenCounts(3, 2, 2), SeenCounts.Count([seen], copies));
        Assert.Equal("; seen: training 3, validation 2, new 2: these are not figures for new images",
            SeenCounts.Count([seen], copies).Warning());
        Assert.Equal("", SeenCounts.Count([seen], copies[5..]).Warning());

        File.Delete(_folder[".radapt-key"]);
        Assert.Equal(isKeyed, SeenImages.Read(_folder["seen.csv"], () => NameKey.TryRead(options)) is null);
    }

    // Files that differ in one byte.
    private LabelledImage Image(string name, byte content)
    {
        string path = _folder[name];
        File.WriteAllBytes(path, [.. new byte[30_000], content, .. new byte[70_000]]);
        return new LabelledImage(name, path, null, [1]);
    }

    private LabelledImage Image(string name, int content) => Image(name, (byte)content);
}
