using System.Text;

namespace Radapt.Tests;

public sealed class AtomicFileTests
{
    [Fact] // K24: a run writes several files every epoch
    public void Write_ShortPieces_AllocatesNoLargeObject()
    {
        const int LargeObject = 85_000; // .NET's threshold
        using var folder = new TemporaryFolder();
        Write();
        long before = GC.GetAllocatedBytesForCurrentThread();

        Write();

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 1, LargeObject);
        Assert.Equal("onetwo", File.ReadAllText(folder["t.txt"]));

        void Write() => AtomicFile.Write(folder["t.txt"], file =>
        {
            file.Write(Encoding.UTF8.GetBytes("one"));
            file.Write(Encoding.UTF8.GetBytes("two"));
        });
    }
}
