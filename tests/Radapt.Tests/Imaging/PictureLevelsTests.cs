using Radapt.Imaging;

namespace Radapt.Tests.Imaging;

public class PictureLevelsTests
{
    [Theory]
    [InlineData(15, true)] // 98 % within 16 levels
    [InlineData(16, false)]
    public void IsBlank_RangeAtTheLimit_IsExact(int range, bool expected)
    {
        byte[] gray = [.. Enumerable.Range(0, 1000).Select(i => (byte)(100 + (i % 2 == 0 ? 0 : range)))];
        var levels = PictureLevels.Measure(gray);
        Assert.Equal((range, expected), (levels.Range, levels.IsBlank));
    }

    [Theory]
    [InlineData(0, 750, false)]
    [InlineData(0, 760, true)]
    [InlineData(255, 400, false)]
    [InlineData(255, 410, true)]
    public void IsSaturated_ShareAtTheLimit_IsExact(byte level, int pixels, bool expected)
    {
        byte[] gray = [.. Enumerable.Range(0, 1000).Select(i => i < pixels ? level : (byte)(20 + (i % 200)))];
        Assert.Equal((false, expected), (PictureLevels.Measure(gray).IsBlank, PictureLevels.Measure(gray).IsSaturated));
    }

    [Fact]
    public void Of_AllWhite_IsBlankAndNotSaturated()
    {
        var levels = PictureLevels.Measure(new Radiograph(2, 2, 3, [.. Enumerable.Repeat((byte)255, 12)]));
        Assert.Equal((0, 1f, true, false), (levels.Range, levels.White, levels.IsBlank, levels.IsSaturated));
    }

    [Fact]
    public void GrayOf_Colours_IsTheirLuminance() =>
        Assert.Equal([77, 149, 29, 255], PictureLevels.GrayOf(new Radiograph(4, 1, 3, [255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255]))
            .Select(g => (int)g));
}
