using CsCheck;
using Radapt.Datasets.Splits;

namespace Radapt.Tests.Datasets.Splits;

public class LabelFractionTests
{
    [Fact]
    public void Parse_EveryForm_IsWhatItSays()
    {
        Assert.Equal(0.01, LabelFraction.Parse("1%").Share);
        Assert.Equal(0.1, LabelFraction.Parse("0.1").Share);
        Assert.Equal(LabelFraction.All, LabelFraction.Parse("1"));
        Assert.Equal(LabelFraction.All, LabelFraction.Parse("100%"));
        Assert.Equal((200, null, null), (LabelFraction.Parse("200").Images, LabelFraction.Parse("200").Share,
            LabelFraction.Parse("200").Each));
        Assert.Equal(20, LabelFraction.Parse("20-per-finding").Each);
        Assert.Equal(["1%", "12.5%", "200", "20-per-finding", "100%"],
            new[] { "0.01", "12.5%", "200", "20-per-finding", "1" }.Select(t => LabelFraction.Parse(t).ToString()));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("101%")]
    [InlineData("1.5")]
    [InlineData("NaN")]
    [InlineData("")]
    [InlineData("%")]
    [InlineData("0-per-finding")]
    [InlineData("x-per-finding")]
    [InlineData("99999999999")]
    public void Parse_AnythingElse_IsRefused(string text) =>
        Assert.StartsWith($"--label-fraction: '{text}' is not a share",
            Assert.Throws<RadaptException>(() => LabelFraction.Parse(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void ToString_AnyValue_IsParsedBack() =>
        Gen.Select(Gen.Double[1e-9, 1], Gen.Int[2, int.MaxValue], Gen.Int[1, int.MaxValue]).Sample((share, images, each) =>
        Assert.All([LabelFraction.FromShare(share), LabelFraction.FromImages(images), LabelFraction.PerFinding(each)],
            f => Assert.Equal(f, LabelFraction.Parse(f.ToString()))));
}
