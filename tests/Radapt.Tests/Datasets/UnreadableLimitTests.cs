using Radapt.Datasets;

namespace Radapt.Tests.Datasets;

public class UnreadableLimitTests
{
    [Theory]
    [InlineData(0, 1000, 0)]
    [InlineData(0.01, 5, 1)] // at least one
    [InlineData(0.01, 199, 1)]
    [InlineData(0.01, 200, 2)]
    [InlineData(0.29, 100, 29)] // 0.29 x 100 is a little less than 29 in binary
    [InlineData(1, 7, 7)]
    public void Allowed_Share_IsRoundedDown(double share, int images, int expected) =>
        Assert.Equal(expected, UnreadableLimit.Allowed(share, images));

    [Fact]
    public void Notes_ExactlyAtTheLimit_AreOneLine()
    {
        string note = Assert.Single(UnreadableLimit.Notes(Rows(2), 200, 0.01));
        Assert.Equal(
            "2 of 200 images cannot be read and are left out: t.csv, line 2 (train); t.csv, line 3 (train). "
                + "The first: this PNG file is damaged.", note);
        Assert.Empty(UnreadableLimit.Notes([], 200, 0.01));
    }

    [Fact]
    public void Notes_OneBeyondTheLimit_ListAllAndStop()
    {
        string message = Assert.Throws<RadaptException>(() => UnreadableLimit.Notes(Rows(3), 200, 0.01)).Message;
        Assert.StartsWith("3 of 200 images cannot be read, more than the 1 % that may be left out: t.csv, line 2 (train); ", message,
            StringComparison.Ordinal);
        Assert.EndsWith("or allow more with --skip-unreadable.", message, StringComparison.Ordinal);
        Assert.Contains("and none may be left out", Assert.Throws<RadaptException>(() => UnreadableLimit.Notes(Rows(1), 200, 0)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Notes_Many_AreCapped()
    {
        string message = Assert.Throws<RadaptException>(() => UnreadableLimit.Notes(Rows(5000), 5000, 0.5)).Message;
        Assert.Contains("line 21 (train) and 4980 more. The first: this PNG file", message, StringComparison.Ordinal);
        Assert.DoesNotContain("…", message, StringComparison.Ordinal); // nothing was cut
    }

    private static UnreadableRow[] Rows(int count) => [.. Enumerable.Range(0, count).Select(i =>
        new UnreadableRow(new LabelledImage("Name.png", "/Name.png", "p", [])
        {
            Shown = $"t.csv, line {i + 2}",
        }, "train", "this PNG file is damaged."))];
}
