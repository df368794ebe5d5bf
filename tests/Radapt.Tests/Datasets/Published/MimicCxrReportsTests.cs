using Radapt.Datasets.Published;

namespace Radapt.Tests.Datasets.Published;

public sealed class MimicCxrReportsTests : IDisposable
{
    private readonly LabelFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_TrainingTable_GivesImagesWithReports()
    {
        _folder.Images("files/p10/p10000032/s50414267/a.jpg", "b.jpg");
        string table =
            _folder.Write("training.csv",
                "image_path,report_content,more\nfiles/p10/p10000032/s50414267/a.jpg,\"FINDINGS: Clear, no effusion.\nIMPRESSION: "
                    + "Normal.\",1\nb.jpg,Heart enlarged.,2\n");
        IReadOnlyList<ImageReport> pairs = MimicCxrReports.Read(table);
        Assert.Equal(new ImageReport("files/p10/p10000032/s50414267/a.jpg", _folder["files/p10/p10000032/s50414267/a.jpg"],
            "FINDINGS: Clear, no effusion.\nIMPRESSION: Normal.")
        {
            Patient = "p10000032",
            Study = "s50414267",
        }, pairs[0]);
        Assert.Equal(new ImageReport("b.jpg", _folder["b.jpg"], "Heart enlarged."), pairs[1]);
    }

    [Fact]
    public void Read_RowsWithoutImageOrReport_AreLeftOutUpToFivePercent()
    {
        _folder.Images(Enumerable.Range(0, 39).Select(i => $"{i}.jpg"));
        string Rows(int silent) => "image_path,report_content\n"
            + string.Concat(Enumerable.Range(0, 40).Select(i => $"{i}.jpg,{(i < silent ? "" : "Clear.")}\n"));
        var notes = new List<string>();
        Assert.Equal(38, MimicCxrReports.Read(_folder.Write("t.csv", Rows(1)), notes: notes).Count);
        Assert.Contains(notes,
            n => n.Contains($"1 of 40 rows have no image (looked for {_folder["39.jpg"]}) and were left out", StringComparison.Ordinal));
        Assert.Contains(notes, n => n.Contains("1 of 40 rows have no report (such as line 2)", StringComparison.Ordinal));
        string table = _folder.Write("t.csv", Rows(3));
        Refuses(table, "3 of 40 rows have no report", "--allow-missing-images");
        Assert.Equal(36, MimicCxrReports.Read(table, allowMissing: true).Count);
    }

    [Theory]
    [InlineData("image,report_content\na.jpg,Clear.\n", "line 1: the column 'image_path' is missing; it has image, report_content")]
    [InlineData("image_path,report_content\n,Clear.\n", "line 2, column 'image_path': the image's name is empty")]
    [InlineData("image_path,report_content\na.jpg,Clear.\na.jpg,Ill.\n", "line 3, column 'image_path': 'a.jpg' is already in line 2")]
    [InlineData("image_path,report_content\na.jpg,\"Clear.\n", "the quotes of this row do not match")]
    [InlineData("image_path,report_content\n", "has a header and no rows")]
    [InlineData("image_path,report_content\nz.jpg,Clear.\n", "none of the 1 images is in")]
    public void Read_DamagedTable_SaysWhere(string text, string message)
    {
        _folder.Images("a.jpg");
        Refuses(_folder.Write("training.csv", text), message);
    }

    private static void Refuses(string table, params string[] parts)
    {
        RadaptException error = Assert.Throws<RadaptException>(() => MimicCxrReports.Read(table));
        Assert.All(parts, part => Assert.Contains(part, error.Message, StringComparison.Ordinal));
        Assert.DoesNotContain('\n', error.Message);
    }
}
