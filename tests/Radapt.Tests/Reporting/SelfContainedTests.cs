namespace Radapt.Tests.Reporting;

public sealed class SelfContainedTests
{
    [Theory]
    [InlineData("<img src=\"pixel.png\">")]
    [InlineData("<img src=pixel.png>")]
    [InlineData("<a href='other.html'>")]
    [InlineData("<style>@import 'a.css'</style>")]
    [InlineData("<style>body{background:url( \"a.png\")}</style>")]
    [InlineData("<script>1</script>")]
    [InlineData("see http://example.org")]
    public void Requests_PageThatAsksForMore_FindsIt(string html) => Assert.NotEmpty(SelfContained.Requests(html));

    [Fact]
    public void Requests_PageWithAllInIt_FindsNone() =>
        Assert.Empty(SelfContained.Requests("<a href=\"#here\">x</a><img src=\"data:image/png;base64,AA==\"><style>a{b:url(data:x)}</style>"));
}
