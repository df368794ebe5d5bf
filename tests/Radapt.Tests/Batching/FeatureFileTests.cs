using System.Runtime.InteropServices;
using Radapt.Batching;

namespace Radapt.Tests.Batching;

public sealed class FeatureFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Read_AnyItem_GivesWhatWasWritten(bool isBFloat16)
    {
        var layout = new FeatureLayout(77, 5, [3, 7], 2, isBFloat16);
        using FeatureFile written = Write(layout);
        using FeatureFile? opened = FeatureFile.Open(_folder["f"], layout);
        var values = new float[21];
        foreach (FeatureFile file in new[] { written, opened! })
        {
            foreach (int item in new[] { 4, 0, 2 })
            {
                file.Read(item, values);
                Assert.Equal(Enumerable.Range(0, 21).Select(v => (item * 21f) + v - 50), values); // exact in bfloat16, too
            }

            Assert.Throws<ArgumentOutOfRangeException>(() => file.Read(5, values));
        }
    }

    [Fact]
    public void Open_AnotherKeyOrShape_OrDamage_IsNone()
    {
        var layout = new FeatureLayout(77, 5, [3, 7], 2, false);
        Assert.Null(FeatureFile.Open(_folder["f"], layout));
        Write(layout).Dispose();
        Assert.Null(FeatureFile.Open(_folder["f"], layout with { Key = 78 }));
        Assert.Null(FeatureFile.Open(_folder["f"], layout with { Items = 4 }));
        byte[] sound = File.ReadAllBytes(_folder["f"]);
        for (int at = 0; at < sound.Length; at += 7)
        {
            byte[] damaged = [.. sound];
            damaged[at] ^= 1;
            File.WriteAllBytes(_folder["f"], damaged);
            Assert.Null(FeatureFile.Open(_folder["f"], layout));
        }

        File.WriteAllBytes(_folder["f"], sound[..^1]);
        Assert.Null(FeatureFile.Open(_folder["f"], layout));
    }

    [Fact]
    public void Write_RecordsEndInAnError_LeavesNothing()
    {
        Assert.Throws<RadaptException>(() => FeatureFile.Write(_folder["f"], new FeatureLayout(1, 5, [4], 2, false), Records()));
        Assert.Empty(Directory.GetFiles(_folder.Path));

        static IEnumerable<ReadOnlyMemory<byte>> Records()
        {
            yield return new byte[16];
            throw new RadaptException("an image cannot be read");
        }
    }

    private FeatureFile Write(FeatureLayout layout)
    {
        byte[] Record(int item)
        {
            float[] values = [.. Enumerable.Range(0, layout.Length).Select(v => (item * 21f) + v - 50)];
            return layout.IsBFloat16
                ? MemoryMarshal.AsBytes<ushort>(values.Select(v => (ushort)(BitConverter.SingleToUInt32Bits(v) >> 16)).ToArray()).ToArray()
                : MemoryMarshal.AsBytes<float>(values).ToArray();
        }

        return FeatureFile.Write(_folder["f"], layout, Enumerable.Range(0, layout.Items).Select(i => (ReadOnlyMemory<byte>)Record(i)));
    }
}
