using Radapt.Datasets;

namespace Radapt.Tests.Datasets;

public sealed class ReportTableTests : IDisposable
{
    private readonly LabelFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_TrainingTableOfMrm_GivesImagesWithReportsPatientsAndStudies()
    {
        _folder.Images("files/p10/p10000032/s50414267/a.jpg", "b.jpg");
        string table =
            _folder.Write("training.csv",
                "image_path,report_content,more\nfiles/p10/p10000032/s50414267/a.jpg,\"FINDINGS: Clear, no effusion.\nIMPRESSION: "
                    + "Normal.\",1\nb.jpg,Heart enlarged.,2\n");

        IReadOnlyList<ReportedImage> pairs = ReportTable.Read(table);

        Assert.Equal(["FINDINGS: Clear, no effusion.\nIMPRESSION: Normal.", "Heart enlarged."], pairs.Select(p => p.Report));
        LabelledImage first = pairs[0].Image;
        Assert.Equal((_folder["files/p10/p10000032/s50414267/a.jpg"], "p10000032", "s50414267", 2),
            (first.Path, first.Patient, first.Study, first.Line));
        Assert.Equal("training.csv, line 2", first.Shown); // the patient is known, and is in the path
        Assert.Equal((_folder["b.jpg"], null, null), (pairs[1].Image.Path, pairs[1].Image.Patient, pairs[1].Split));
    }

    [Fact]
    public void Read_TableWithSplits_GivesThem()
    {
        _folder.Images("images/a.png", "images/b.png");
        var notes = new List<string>();
        IReadOnlyList<ReportedImage> pairs = ReportTable.Read(
            _folder.Write("reports.csv", "Image,Patient,Split,Report\na.png,P1,train,Clear.\nb.png,P2,test,Ill.\n"), notes: notes);

        Assert.Equal([("P1", "train", "Clear."), ("P2", "test", "Ill.")], pairs.Select(p => (p.Image.Patient, p.Split, p.Report)));
        Assert.Contains(notes, n => n.Contains("image names are relative to", StringComparison.Ordinal));
    }

    [Fact]
    public void Read_RowsWithoutImageOrReport_AreLeftOutUpToFivePercent()
    {
        _folder.Images(Enumerable.Range(0, 39).Select(i => $"{i}.jpg"));
        string Rows(int silent) => "image_path,report_content\n"
            + string.Concat(Enumerable.Range(0, 40).Select(i => $"{i}.jpg,{(i < silent ? "" : "Clear.")}\n"));
        var notes = new List<string>();
        Assert.Equal(38, ReportTable.Read(_folder.Write("t.csv", Rows(1)), notes: notes).Count);
        Assert.Contains(notes, n => n.EndsWith("1 row of 40 without an image (first: line 41) is left out.", StringComparison.Ordinal));
        Assert.Contains(notes, n => n.EndsWith("1 row of 40 without a report (first: line 2) is left out.", StringComparison.Ordinal));
        string table = _folder.Write("t.csv", Rows(3));
        Refuses(table, "3 rows of 40 without a report", "--allow-missing-images");
        Assert.Equal(36, ReportTable.Read(table, allowMissing: true).Count);
    }

    [Theory]
    [InlineData("image,report_text\na.jpg,Clear.\n", "line 1: a table of reports has the columns 'image' and 'report'")]
    [InlineData("a.jpg,Meier has pneumonia.\n", "line 1: a table of reports has the columns 'image' and 'report'")]
    [InlineData("image_path,report_content\n,Clear.\n", "line 2, column 'image_path': the image's name is empty")]
    [InlineData("image_path,report_content\na.jpg,Clear.\na.jpg,Ill.\n", "line 3, column 'image_path': line 2 names the same image")]
    [InlineData("image_path,report_content\na.jpg,\"Clear.\n", "the quotes of this row do not match")]
    [InlineData("image_path,report_content\na.jpg,Meier has pneumonia, too.\n", "line 2 has 3 cells, but the header has 2")]
    [InlineData("image,report,split\na.jpg,Meier has pneumonia.,Meier\n", "line 2: the split is not train, val or test")]
    [InlineData("image_path,report_content\n", "has a header and no rows")]
    [InlineData("image_path,report_content\nz.jpg,Meier has pneumonia.\n", "none of the 1 images is in")]
    public void Read_DamagedTable_SaysWhereAndShowsNoReport(string text, string message)
    {
        _folder.Images("a.jpg");
        Refuses(_folder.Write("training.csv", text), message);
    }

    private static void Refuses(string table, params string[] parts)
    {
        RadaptException error = Assert.Throws<RadaptException>(() => ReportTable.Read(table));
        Assert.All(parts, part => Assert.Contains(part, error.Message, StringComparison.Ordinal));
        Assert.DoesNotContain('\n', error.Message);
        Assert.DoesNotContain("Meier", error.Message, StringComparison.Ordinal);
    }
}
