using System.Net;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Radapt.Recipes;
using Radapt.Reporting;
using Radapt.Runs;

namespace Radapt.Tests.Reporting;

public sealed partial class RunPageTests
{
    private static readonly string[] s_fourteen = [.. Enumerable.Range(1, 14)
        .Select(i => $"Finding number {i} of fourteen with a long name")];

    [Fact]
    public void Create_Page_AsksTheNetworkForNothing()
    {
        Assert.Empty(SelfContained.Requests(Page(MadeUpRun.Create(["Effusion", "Mass"]))));
        Assert.Empty(SelfContained.Requests(Page(MadeUpRun.Create(s_fourteen, showsNames: true))));
    }

    [Fact]
    public void Create_Names_AppearOnlyWhereTheyAreAskedFor()
    {
        string hidden = Page(MadeUpRun.Create(["Effusion"])), shown = Page(MadeUpRun.Create(["Effusion"], showsNames: true));
        Assert.DoesNotContain("Miller", hidden, StringComparison.Ordinal);
        Assert.DoesNotContain("patient1", hidden, StringComparison.Ordinal);
        Assert.DoesNotContain("image1", hidden, StringComparison.Ordinal);
        Assert.Contains("/secret/Dr-Miller/labels.csv", shown, StringComparison.Ordinal);
    }

    [Fact]
    public void Create_FindingsWithMarkup_AreText()
    {
        string page = Page(MadeUpRun.Create(["<script>alert(1)</script>", "a & b"]));
        Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("&lt;script&gt;", page, StringComparison.Ordinal);
        AssertWellFormed(page);
    }

    [Fact]
    public void Create_OneFindingAndFourteen_AreWellFormedPages()
    {
        AssertWellFormed(Page(MadeUpRun.Create(["Effusion"])));
        AssertWellFormed(Page(MadeUpRun.Create(s_fourteen)));
    }

    [Fact]
    public void Create_CountsOfTheRun_AreInTheFlow()
    {
        string text = Text(Page(MadeUpRun.Create(["Effusion", "Mass"])));
        Assert.Contains("350 rows of the table", text, StringComparison.Ordinal);
        Assert.Contains("20 rows without a file", text, StringComparison.Ordinal);
        Assert.Contains("7 rows whose files are refused", text, StringComparison.Ordinal);
        Assert.Contains("3 images left out: cannot be read", text, StringComparison.Ordinal);
        Assert.Contains("320 images used", text, StringComparison.Ordinal); // 200 + 40 + 80
    }

    [Fact]
    public void Create_FiguresOfTheStatistics_AreInSentenceAndTable()
    {
        ReportedRun run = MadeUpRun.Create(["Effusion", "Mass"]);
        string text = Text(Page(run));
        Radapt.Metrics.Estimate effusion = run.Statistics.Findings[0].Auroc;
        Assert.Contains($"Effusion {Numbers.Short(effusion)}", text, StringComparison.Ordinal);
        Assert.Contains($"{effusion.Value:0.000} {effusion.Interval!.Value.Lower:0.000} to {effusion.Interval.Value.Upper:0.000}", text,
            StringComparison.Ordinal);
        Assert.Contains("2 of 2 findings ranked better than guessing", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Create_ScoresWithoutSignal_AreNotCalledBetterThanGuessing()
    {
        string text = Text(Page(MadeUpRun.Create(["Effusion"], signal: 0)));
        Assert.Contains("Not told from guessing with these images: Effusion", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Ranked better than guessing: Effusion", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Create_FindingWithoutPositives_SaysWhyThereIsNothing()
    {
        string text = Text(Page(MadeUpRun.Create(new LabelledScores(["Effusion", "Mass"], ["a", "b"], [1, 0, 0, 0], [1, 2, 0, 1]))));
        Assert.Contains("There are no positives.", text, StringComparison.Ordinal);
        Assert.Contains("Too few cases for an interval: Effusion and Mass", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Create_RunWithoutTest_SaysThatTheFiguresFlatter()
    {
        ReportedRun run = MadeUpRun.Create(["Effusion"]);
        string text = Text(Page(run with { Record = run.Record with { Test = null } }));
        Assert.Contains("There are no test images.", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("best", "chose the epoch: 2 of 3", "had the best validation figures and is the one that was tested")]
    [InlineData("last", "The state after the last epoch was kept", "The state after the last epoch was tested")]
    [InlineData("average", "The mean over the last quarter of the epochs was kept", "The mean over the last quarter of the epochs was tested")]
    public void Create_Selection_IsTheOneOfTheRun(string select, string kept, string tested)
    {
        ReportedRun run = MadeUpRun.Create(["Effusion"]);
        string text = Text(Page(run with { Recipe = RecipeLayer.From([new("select", select)], "command line") }));
        Assert.Contains(kept, text, StringComparison.Ordinal);
        Assert.Contains(tested, text, StringComparison.Ordinal);
        text = Text(Page(run with
        {
            Recipe = RecipeLayer.From([new("select", select)], "command line"),
            Record = run.Record with { Test = null },
        }));
        Assert.Equal(select == "best", text.Contains("also chose the epoch", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(52)]
    public void TripodAi_Items_AreThoseOfTheStatement(int items) =>
        Assert.Equal((items, items), (TripodAi.Items.Count, TripodAi.Items.Select(i => i.Number).Distinct().Count()));

    [Fact]
    public void Claim_Items_AreNumberedFrom1To44() =>
        Assert.Equal(Enumerable.Range(1, 44).Select(i => $"{i}"), Claim.Items.Select(i => i.Number));

    private static string Page(ReportedRun run) => RunPage.Create(run, new PlotSet());

    private static void AssertWellFormed(string page)
    {
        string body = page[page.IndexOf("<main>", StringComparison.Ordinal)..(page.IndexOf("</main>", StringComparison.Ordinal) + 7)];
        var main = XElement.Parse(body.Replace("<br>", "<br/>", StringComparison.Ordinal));
        string[] ids = [.. main.Descendants().Attributes("id").Select(a => a.Value)];
        Assert.All(main.Descendants("a").Attributes("href"), a => Assert.Contains(a.Value[1..], ids));
        Assert.All(main.Descendants("table"), t => Assert.Single(t.Descendants("tr").Select(r => r.Elements().Count()).Distinct()));
    }

    private static string Text(string page) =>
        Spaces().Replace(WebUtility.HtmlDecode(Tags().Replace(page, " ")), " ").Replace(" ,", ",", StringComparison.Ordinal);

    [GeneratedRegex("<style>.*?</style>|<[^>]*>", RegexOptions.Singleline)]
    private static partial Regex Tags();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
