using System.Text;
using CsCheck;
using Radapt.Datasets;

namespace Radapt.Tests.Datasets.Tables;

public sealed class LabelTableTests : IDisposable
{
    private static readonly byte[] s_bytes = [.. "image,f\n\r\";\t01a.png #"u8, 0xFF, 0xEF, 0xBB, 0xBF, 0xE9, 0];

    private readonly LabelFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("image,f,g\na.png,1,0\nb.png,0,\nc.png,0,1\n")]
    [InlineData("image;f;g\r\na.png;1;0\r\nb.png;0;\r\nc.png;0;1\r\n")]
    [InlineData("image\tf\tg\na.png\t1\t0\nb.png\t0\t\nc.png\t0\t1")]
    [InlineData("f,IMAGE,g\n1,a.png,0\n0,b.png,\n0,c.png,1")]
    [InlineData("\"image\",\"f\",\"g\"\n\"a.png\",\"1\",\"0\"\n\"b.png\",\"0\",\"\"\n\"c.png\",\"0\",\"1\"\n")]
    [InlineData(" image , f , g \n a.png , 1 , 0 \n b.png , 0 , \n c.png , 0 , 1 \n")]
    [InlineData("image,f,g\n\na.png,1,0\n,,\n\nb.png,0,\nc.png,0,1\n\n")]
    [InlineData("image,f,g,\na.png,1,0,\nb.png,0,,\nc.png,0,1,\n")]
    [InlineData("image,f,g\ra.png,1,0\rb.png,0,\rc.png,0,1\r")]
    [InlineData("image,f,g\na.png,1.0,0.0\nb.png,0.0,\nc.png,0.0,1.0\n")]
    [InlineData("Studie, 2023\nimage;f;g\na.png;1;0\nb.png;0;\nc.png;0;1\n")]
    [InlineData("Studie 2023;;\nimage;f;g\na.png;1;0\nb.png;0;\nc.png;0;1\n")]
    public void Read_OddButSoundFormats_GiveTheSameRows(string text)
    {
        LabelledImages images = Read(text, "a.png", "b.png", "c.png");
        Assert.Equal(["f", "g"], images.Findings);
        Assert.Equal(["a.png", "b.png", "c.png"], images.Items.Select(i => i.Name));
        Assert.Equal([1, 0, 0, -1, 0, 1], images.Items.SelectMany(i => i.Labels));
        Assert.Equal([_folder["a.png"], _folder["b.png"], _folder["c.png"]], images.Items.Select(i => i.Path));
        Assert.Equal([new LabelCounts(1, 2, 0), new LabelCounts(1, 1, 1)], images.CountLabels());
    }

    [Theory]
    [InlineData("utf-8", true)]
    [InlineData("utf-8", false)]
    [InlineData("utf-16", true)]
    [InlineData("utf-16BE", true)]
    [InlineData("iso-8859-1", false)]
    public void Read_AnyEncoding_FindsAccentedNames(string encoding, bool mark)
    {
        Encoding coder = encoding switch
        {
            "utf-8" => new UTF8Encoding(mark),
            "utf-16" => new UnicodeEncoding(bigEndian: false, mark),
            "utf-16BE" => new UnicodeEncoding(bigEndian: true, mark),
            _ => Encoding.Latin1,
        };
        string[] names = ["Müller.png", "Gómez-René.png", "Größe.png"];
        string table = _folder.Images(names)
            .Write("labels.csv", "image,patient,f\n" + string.Concat(names.Select(n => $"{n},Señor {n[0]},1\n")), coder);
        LabelledImages images = DataReader.ReadOne(table, new DataOptions());
        Assert.Equal(names, images.Items.Select(i => i.Name));
        Assert.Equal("Señor M", images.Items[0].Patient);
    }

    // W: as pandas, R and spreadsheets write them.
    [Theory]
    [InlineData("True", "False", "NaN")]
    [InlineData("TRUE", "FALSE", "NA")]
    [InlineData("true", "false", "nan")]
    [InlineData("WAHR", "FALSCH", "#N/A")]
    [InlineData("VRAI", "FAUX", "N/A")]
    [InlineData("1.0", "0.0", "None")]
    [InlineData("1,0", "0,0", "NULL")]
    [InlineData("1", "0", ".")]
    public void Read_BooleansAndMarksOfMissingValues_AreLabels(string yes, string no, string missing)
    {
        var notes = new List<string>();
        string[] names = ["a.png", "b.png", "c.png", "d.png"];
        string rows = $"a.png;p;{yes}\nb.png;{missing};{no}\nc.png;{missing};{missing}\nd.png;q;\n";
        string table = _folder.Images(names).Write("labels.csv", "image;patient;f\n" + rows);
        LabelledImages images = DataReader.ReadOne(table, new DataOptions(), notes: notes);
        Assert.Equal(["f"], images.Findings);
        Assert.Equal([1, 0, -1, -1], images.Items.SelectMany(i => i.Labels));
        Assert.Equal(["p", null, null, "q"], images.Items.Select(i => i.Patient)); // not one patient called NA
        string note = $"1 label {missing} read as unknown, like empty cells (first in line 4)";
        Assert.Contains(notes, n => n.Contains(note, StringComparison.Ordinal));
    }

    // W: tables mostly have letters with marks as one character, files from a Mac as two; either way round, in folders, too.
    [Theory]
    [InlineData("M\u00FCller/R\u00E9n\u00E9.png", "Mu\u0308ller/Re\u0301ne\u0301.png")]
    [InlineData("Mu\u0308ller/Re\u0301ne\u0301.png", "M\u00FCller/R\u00E9n\u00E9.png")]
    public void Read_NamesInAnotherUnicodeForm_FindTheirFiles(string inTable, string file)
    {
        LabelledImage image = Assert.Single(Read($"image,f\n{inTable},1\n", file).Items);
        Assert.Equal(_folder[file], image.Path);
    }

    [Fact]
    public void Read_QuotedNames_MayHoldDelimitersQuotesAndHashes()
    {
        LabelledImages images = Read("image,note,f\n\"a, b.png\",\"two\nlines\",1\n\"say \"\"hi\"\".png\",x,0\n#1.png,x,0\n", "a, b.png",
            "say \"hi\".png", "#1.png");
        Assert.Equal(["a, b.png", "say \"hi\".png", "#1.png"], images.Items.Select(i => i.Name));
    }

    [Fact]
    public void Read_LineBreakInACell_StillNamesTheRightLine()
    {
        RadaptException error =
            Assert.Throws<RadaptException>(() => Read("image,note,f\na.png,\"two\nlines\",1\n\nb.png,x,7\n", "a.png", "b.png"));
        Assert.Contains("line 5, column 'f': '7'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_SubfoldersAndBackslashes_AreFound()
    {
        LabelledImages images = Read("image,f\nx/a.png,1\nx\\b.png,0\n", "x/a.png", "x/b.png");
        Assert.Equal([_folder["x/a.png"], _folder["x/b.png"]], images.Items.Select(i => i.Path));
    }

    [Fact]
    public void Read_ChosenFindings_StandInTheAskedOrderAndIgnoreOtherColumns()
    {
        const string Table = "image,view,f,age,g,h\na.png,PA,1,54,0,\nb.png,AP,0,1,1,\n";
        LabelledImages images = Read(Table, new DataOptions { Findings = ["g", "f"] }, "a.png", "b.png");
        Assert.Equal(["g", "f"], images.Findings);
        Assert.Equal([0, 1, 1, 0], images.Items.SelectMany(i => i.Labels));
    }

    [Fact]
    public void Read_NoFindingsAsked_TakesColumnsOfZerosAndOnesAndSaysSo()
    {
        const string Table = "image,view,f,age,empty\na.png,PA,1,54,\nb.png,AP,0,77,\nc.png,AP,,33,\n";
        var notes = new List<string>();
        string table = _folder.Images("a.png", "b.png", "c.png").Write("labels.csv", Table);
        Assert.Equal(["f"], DataReader.ReadOne(table, new DataOptions(), notes: notes).Findings);
        Assert.EndsWith("findings are f (1 present, 1 absent); image: image; view: view; not used: age (other values), empty (no values).",
            Assert.Single(notes), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData(" \n\n ", "is empty")]
    [InlineData("image,f\n", "no rows")]
    [InlineData("name,f\nz.png,1\n", "no row matches one of the")]
    [InlineData("image,f,f\na.png,1,0\n", "two columns named 'f'")]
    [InlineData("a.png,0,0,1\nb.png,1,0,1\n", "has no header: its first line holds labels")]
    [InlineData("image,f,Image\na.png,1,0\n", "two columns named 'image'")]
    [InlineData("image,f\na.png,perhaps\n", "it has f (other values)")]
    [InlineData("image,f\na.png,1\nb.png,2\n", "line 3, column 'f': '2'")]
    [InlineData("image,f\na.png,1\nb.png,-1\n", "line 3, column 'f': '-1'")]
    [InlineData("image,f,g\na.png,1,1\nb.png,0,maybe\n", "line 3, column 'g': 'maybe'")]
    [InlineData("image,f\na.png,1\n,0\n", "line 3: the image name is empty")]
    [InlineData("image,f\na.png,1\nb.png\n", "line 3 has 1 cells, but the header has 2")]
    [InlineData("image,f\na,1.png,1\n", "line 2 has 3 cells, but the header has 2")]
    [InlineData("image,note\na.png,xy\n", "no column of labels")]
    [InlineData("image\na.png\n", "no column of labels")]
    [InlineData("image,f\na.png,1\na.png,0\n", "lines 2 and 3 give a.png different labels")]
    [InlineData("image,f\nnone.png,1\n", "none of the 1 images is in")]
    public void Read_UnsoundTable_SaysWhatAndWhere(string text, string message)
    {
        RadaptException error = Assert.Throws<RadaptException>(() => Read(text, "a.png", "b.png"));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Contains("labels.csv", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Theory]
    [InlineData(new byte[] { 0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10, 0, 0, 0, 13 }, "not text")]
    [InlineData(new byte[] { (byte)'P', (byte)'K', 3, 4, 20, 0, 6, 0 }, "save the table as CSV")]
    public void Read_BinaryFile_IsRefused(byte[] bytes, string message)
    {
        File.WriteAllBytes(_folder["labels.csv"], bytes);
        Assert.Contains(message, Assert.Throws<RadaptException>(() => DataReader.ReadOne(_folder["labels.csv"], new DataOptions())).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Read_RandomBytes_NeverFailsOtherwiseThanByRadaptException()
    {
        string table = _folder.Images("a.png").Write("labels.csv", "");
        Check.Sample(
            Gen.Int[0, s_bytes.Length - 1].Array[0, 60],
            picks =>
            {
                File.WriteAllBytes(table, [.. "image,f\n"u8, .. picks.Select(p => s_bytes[p])]);
                try
                {
                    DataReader.ReadOne(table, new DataOptions());
                }
                catch (RadaptException)
                {
                }
            },
            iter: 3000, threads: 1);
    }

    [Fact]
    public void Read_FindingThatIsNoColumn_ListsTheColumns()
    {
        RadaptException error = Assert.Throws<RadaptException>(() => Read("image,Edema,Mass\na.png,1,0\n", new DataOptions
        {
            Findings = ["edema"],
        }, "a.png"));
        Assert.Contains("--findings edema", error.Message, StringComparison.Ordinal);
        Assert.Contains("image, Edema, Mass", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new int[0], "c_0,c_1,c_2", new sbyte[] { 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 1, 0 })]
    [InlineData(new[] { 0, 1 }, "c_1", new sbyte[] { 0, 1, 1 })]
    [InlineData(new[] { 1, 0 }, "c_0", new sbyte[] { 1, 0, 0 })]
    [InlineData(new[] { 2, 0, 1 }, "c_2,c_0,c_1", new sbyte[] { 0, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 1 })]
    public void Read_ClassColumn_TurnsKeptClassesIntoFindings(int[] keep, string findings, sbyte[] labels)
    {
        const string Table = "image,c\na.png,0\nb.png,1\nc.png,2\nd.png,1\ne.png,\n";
        LabelledImages images = Read(Table, new DataOptions
        {
            ClassColumn = "c",
            KeepClasses = keep,
        }, "a.png", "b.png", "c.png", "d.png", "e.png");
        Assert.Equal(findings.Split(','), images.Findings);
        Assert.Equal(labels, images.Items.SelectMany(i => i.Labels));
    }

    [Theory]
    [InlineData("c", new[] { 0 }, "", "single class")]
    [InlineData("c", new[] { 0, 0 }, "", "names a class twice")]
    [InlineData("c", new[] { 5, 6 }, "", "none of the classes 5,6 (it has 0, 1)")]
    [InlineData("c", new[] { 0, 1 }, "x,y", "make 1 finding (the second class)")]
    [InlineData("n", new int[0], "", "line 2, column 'n': 'x' is not a class number")]
    [InlineData("z", new int[0], "", "--class-column z")]
    [InlineData(null, new[] { 0, 1 }, "", "--keep-classes needs --class-column")]
    public void Read_UnsoundClasses_SayWhat(string? column, int[] keep, string findings, string message)
    {
        var options = new DataOptions
        {
            ClassColumn = column,
            KeepClasses = keep,
            Findings = findings.Length > 0 ? findings.Split(',') : [],
        };
        RadaptException error = Assert.Throws<RadaptException>(() => Read("image,c,n\na.png,0,x\nb.png,1,y\n", options, "a.png", "b.png"));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    private LabelledImages Read(string text, params string[] images) => Read(text, new DataOptions(), images);

    private LabelledImages Read(string text, DataOptions options, params string[] images) =>
        DataReader.ReadOne(_folder.Images(images).Write("labels.csv", text), options);
}
