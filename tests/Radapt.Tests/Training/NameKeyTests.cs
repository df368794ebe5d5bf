using Radapt.Datasets;
using Radapt.Runs;

namespace Radapt.Tests.Training;

public sealed class NameKeyTests
{
    [Fact] // K9
    public void For_RunsThatBeginTogether_AgreeOnOneKey()
    {
        for (int trial = 0; trial < 20; trial++)
        {
            using var folder = new TemporaryFolder();
            using var start = new Barrier(8);
            var names = new string[8];
            Thread[] threads = [.. names.Select((_, i) => new Thread(() =>
            {
                start.SignalAndWait();
                names[i] = Key(folder["labels.csv"]).Name("Muster");
            }))];
            Array.ForEach(threads, t => t.Start());
            Array.ForEach(threads, t => t.Join());
            Assert.Single(names.Distinct());
            Assert.Equal(names[0], Key(folder["labels.csv"]).Name("Muster"));
        }
    }

    [Fact] // K22
    public void For_NewKey_IsReadableOnlyForItsOwner()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "modes of files");
        using var folder = new TemporaryFolder();
        Key(folder["labels.csv"]);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(folder[".radapt-key"]));
        }
    }

    [Fact] // K9
    public void For_KeyCutOffWhileItWasMade_SaysSo()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder[".radapt-key"], "0123");
        Assert.Contains("--key FILE", Assert.Throws<RadaptException>(() => Key(folder["labels.csv"])).Message, StringComparison.Ordinal);
    }

    private static NameKey Key(string table)
    {
        var images = new LabelledImages(["f"], [new LabelledImage("a.png", "a.png", "patient 1", [1])]);
        return NameKey.For(new DataOptions { Data = table }, new DataSplits(images, images, null, []) { KnowsPatients = true });
    }
}
