using System.IO.Compression;
using System.Text;
using Radapt.Datasets;
using Radapt.Datasets.Tables;

namespace Radapt.Tests.Datasets.Tables;

public sealed class SplitListTests : IDisposable
{
    private readonly LabelFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("a.png 1 0\nx/b.png 0 1\n")]
    [InlineData("a.png 1 0\r\nx/b.png 0 1\r\n")]
    [InlineData("a.png 1 0 \nx/b.png 0 1 ")]
    [InlineData("\n  a.png\t1  0\n\n\nx/b.png 0 1\n\n")]
    [InlineData("\uFEFFa.png 1 0\nx/b.png 0 1")]
    public void Read_OddButSoundLines_GiveTheSameRows(string text)
    {
        LabelRows rows = Read(text, new DataOptions { Findings = ["f", "g"] });
        Assert.Equal(["a.png", "x/b.png"], rows.Rows.Select(r => r.Name));
        Assert.Equal([1, 0, 0, 1], rows.Rows.SelectMany(r => r.Labels));
    }

    [Fact]
    public void Read_PackedList_IsUnpacked()
    {
        using (var packed = new GZipStream(File.Create(_folder["list.txt.gz"]), CompressionLevel.Fastest))
        {
            packed.Write("a.png 1\nb.png 0\n"u8);
        }

        Assert.Equal(2, SplitList.Read(_folder["list.txt.gz"], new DataOptions(), []).Rows.Count);
        File.WriteAllText(_folder["list.txt.gz"], "a.png 1");
        Assert.Contains("unpacked", Assert.Throws<RadaptException>(
            () => SplitList.Read(_folder["list.txt.gz"], new DataOptions(), [])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_NamesWithSpaces_AreKept() =>
        Assert.Equal(["scan 1.png", "my x/b  c.png"], Read("scan 1.png 1 0\nmy x/b  c.png 0 1\n").Rows.Select(r => r.Name));

    [Theory]
    [InlineData("a.png 1\n", "label")]
    [InlineData("a.png 1 0 1\n", "label_1,label_2,label_3")]
    public void Read_WithoutFindings_NumbersThemAndSaysSo(string text, string findings)
    {
        var notes = new List<string>();
        Assert.Equal(findings.Split(','), SplitList.Read(_folder.Write("list.txt", text), new DataOptions(), notes).Findings);
        Assert.Contains("--findings", Assert.Single(notes), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("a.png\n", "line 1: the label 'a.png' is neither 0 nor 1")]
    [InlineData("1\n", "line 1 has fewer than 1 label after the name")]
    [InlineData("a.png 1 0\nb.png 1\n", "line 2: the label 'b.png' is neither 0 nor 1")]
    [InlineData("a.png 1\n\nb.png 1 0\n", "line 3 has more than 1 label")]
    [InlineData("a.png 1 0\nb.png 2 0\n", "line 2: the label '2' is neither 0 nor 1")]
    [InlineData("a.png 1\nb.png yes\n", "line 2: the label 'yes'")]
    [InlineData("a 1\nMuster Erika\n", "line 2: the label is neither")] // text that may be a name is not shown
    [InlineData("a.png,1\n", "lines read 'name 0 1 0'")]
    public void Read_UnsoundLine_SaysWhatAndWhere(string text, string message)
    {
        RadaptException error = Assert.Throws<RadaptException>(() => Read(text));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Contains("list.txt", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_OtherNumberOfFindings_IsRefused()
    {
        RadaptException error = Assert.Throws<RadaptException>(() => Read("a.png 1 0\n", new DataOptions { Findings = ["f"] }));
        Assert.Contains("2 labels per line, but --findings names 1", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_ClassLabels_KeepsAskedClasses()
    {
        LabelRows rows = Read("a.png 0\nb.png 2\nc d.png 1\ne.png 2\n", new DataOptions { ClassLabels = true, KeepClasses = [0, 2] });
        Assert.Equal(["class_2"], rows.Findings);
        Assert.Equal([("a.png", 0), ("b.png", 1), ("e.png", 1)], rows.Rows.Select(r => (r.Name, (int)r.Labels[0])));
        Assert.Equal(4, rows.Rows[^1].Line);
    }

    [Theory]
    [InlineData(true, null, "line 2: 'x' is not a class number")]
    [InlineData(false, "c", "--class-labels")]
    public void Read_UnsoundClasses_SayWhat(bool labels, string? column, string message)
    {
        RadaptException error = Assert.Throws<RadaptException>(() => Read("a.png 1\nb.png x\n", new DataOptions
        {
            ClassLabels = labels,
            ClassColumn = column,
        }));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_HundredThousandLines_GivesAll()
    {
        var text = new StringBuilder();
        for (int i = 0; i < 100_000; i++)
        {
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"{i:D8}_000.png {i & 1} 0 0 1 0 0 0 0 0 0 0 0 0 1\n");
        }

        Assert.Equal(100_000, Read(text.ToString()).Rows.Count);
    }

    private LabelRows Read(string text, DataOptions? options = null) =>
        SplitList.Read(_folder.Write("list.txt", text), options ?? new DataOptions(), []);
}
