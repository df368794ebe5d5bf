using System.IO.Compression;
using System.Text;
using Radapt.Datasets;
using Radapt.Datasets.Tables;

namespace Radapt.Tests.Datasets.Tables;

public sealed class CsvCellsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // K18
    [Theory]
    [InlineData("=1+1", "'=1+1")]
    [InlineData("@Sum", "'@Sum")]
    [InlineData("+x", "'+x")]
    [InlineData("-x", "'-x")]
    [InlineData("\tx", "\"'\tx\"")]
    [InlineData("'=1", "''=1")]
    [InlineData("-0.5", "-0.5")]
    [InlineData("+1", "+1")]
    [InlineData("'quoted", "'quoted")]
    [InlineData("a,\"b\"", "\"a,\"\"b\"\"\"")]
    public void Written_CellsThatSpreadsheetsWouldRun_AreGuardedAndReadBackTheSame(string cell, string written)
    {
        Assert.Equal(written, CsvCells.Written(cell));
        File.WriteAllText(_folder["t.csv"], $"first,{written}\nx,{written}\n");
        CsvCells cells = CsvCells.Read(_folder["t.csv"]);
        Assert.Equal(cell, cells.Header[1]);
        Assert.Equal(cell, cells.Rows[0].Cells[1]);
    }

    // W
    [Fact]
    public void Read_HeaderThatEndsWithADelimiter_TakesRowsWithAndWithoutOne()
    {
        File.WriteAllText(_folder["t.csv"], "image,F,\na.png,1\nb.png,0,\nc.png,1,note\n");
        Assert.Equal([["a.png", "1", ""], ["b.png", "0", ""], ["c.png", "1", "note"]],
            CsvCells.Read(_folder["t.csv"]).Rows.Select(r => r.Cells));
        File.WriteAllText(_folder["t.csv"], "image,F,\na.png\n");
        Assert.Contains("line 2 has 1 cells, but the header has 3",
            Assert.Throws<RadaptException>(() => CsvCells.Read(_folder["t.csv"])).Message, StringComparison.Ordinal);
    }

    // K14
    [Fact]
    public void Read_SmallFileThatUnpacksToHundredsOfMegabytes_IsRefusedByTheLimit()
    {
        using (var packed = new GZipStream(File.Create(_folder["t.csv.gz"]), CompressionLevel.Fastest))
        {
            byte[] line = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("a.png,1\n", 1 << 17)));
            for (int i = 0; i < 260; i++)
            {
                packed.Write(line);
            }
        }

        Assert.Contains("more than 256 MiB of text once it is unpacked",
            Assert.Throws<RadaptException>(() => CsvCells.Read(_folder["t.csv.gz"])).Message, StringComparison.Ordinal);
    }

    // K16
    [Fact]
    public void Read_Device_IsRefused()
    {
        Assert.SkipUnless(File.Exists("/dev/zero"), "no devices");
        Assert.Contains("a device instead of a file", Assert.Throws<RadaptException>(() => CsvCells.Read("/dev/zero")).Message,
            StringComparison.Ordinal);
    }

    // K16: reading a pipe that nobody writes would wait for ever.
    [Fact]
    public async Task Read_Pipe_IsRefused()
    {
        string pipe = NamedPipe.Make(_folder["labels.csv"]);
        CancellationToken token = TestContext.Current.CancellationToken;
        Task<string> read = Task.Run(
            () => Assert.Throws<RadaptException>(() => LabelTable.Read(pipe, new DataOptions(), [], withSplits: false)).Message, token);
        string message = await read.WaitAsync(token);
        Assert.StartsWith($"{pipe}: it is a named pipe instead of a file", message, StringComparison.Ordinal);
    }
}
