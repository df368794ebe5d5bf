using Radapt.Pretraining.Reports;

namespace Radapt.Tests.Pretraining.Reports;

public sealed class WordPieceTrainingTests
{
    // a 10, c 5, ##b 15 of 30 pieces: joining a ##b gains 10 ln(10 * 30 / (10 * 15)) = 6.9, c ##b 3.5; then c ##b 5 ln(5 * 20 / 25).
    [Theory]
    [InlineData(7, "a c ##b")]
    [InlineData(8, "a c ##b ab")]
    [InlineData(9, "a c ##b ab cb")]
    [InlineData(99, "a c ##b ab cb")] // nothing is left to join
    public void Learn_TwoWords_JoinsTheLikelierPairFirst(int size, string expected) =>
        Assert.Equal("[PAD] [UNK] [CLS] [MASK] " + expected, Learned([Repeated("ab ", 10), Repeated("cb ", 5)], size));

    // x ##y 8 ln(8 * 96 / 64) = 19.9 beats a ##b 10 ln(10 * 96 / 400) = 8.8: a and ##b have other neighbours.
    [Fact]
    public void Learn_PairWhosePiecesOccurElsewhere_GainsLess()
    {
        string text = Repeated("ab aa bb ba ", 10) + Repeated("xy ", 8);
        Assert.EndsWith(" ##a ##b ##y xy", Learned([text], 11), StringComparison.Ordinal);
    }

    [Fact]
    public void Learn_RareWord_StaysInLetters()
    {
        Assert.EndsWith(" m q ##z", Learned([Repeated("qz ", WordPieceTraining.LeastCount - 1), "m"], 99),
            StringComparison.Ordinal);
        Assert.EndsWith("##z qz", Learned([Repeated("qz ", WordPieceTraining.LeastCount), "m"], 99), StringComparison.Ordinal);
    }

    [Fact]
    public void Learn_ReportsInAnotherOrder_GivesTheSamePieces()
    {
        string[] reports = [.. Enumerable.Range(0, 40).Select(i =>
            i % 3 == 0 ? "No focal consolidation; 12mm nodule." : i % 3 == 1 ? "Small left pleural effusion." : "Pneumothorax, left.")];
        string first = Learned(reports, 60);
        Assert.Equal(first, Learned(reports.Reverse(), 60));
        Assert.Equal(60, first.Split(' ').Length);
    }

    /// <summary>What was learned cuts the words it was learned from, and joins those that are frequent to one piece.</summary>
    [Fact]
    public void Learn_Reports_GivesPiecesForTheirWords()
    {
        string[] reports = [.. Enumerable.Repeat("No focal consolidation.... Heart ## size", 9), "Ästhetic ½ ünique"];
        var tokenizer = new ReportTokenizer(WordPieceTraining.Learn(reports, 500, "test"));
        Assert.Equal("[CLS] no focal consolidation .... heart # ### size",
            string.Join(' ', tokenizer.Encode(reports[0], 100).Select(p => tokenizer.Vocabulary.Pieces[p])));
        Assert.DoesNotContain(tokenizer.Vocabulary.Unknown, reports.SelectMany(r => tokenizer.Encode(r, 100)));
    }

    [Theory]
    [InlineData("abc", 6, "3 different letters and marks")]
    [InlineData("", 30, "no report has a word")]
    public void Learn_TooFewPiecesOrNoWords_IsRefused(string report, int size, string message) =>
        Assert.Contains(message, Assert.Throws<RadaptException>(() => WordPieceTraining.Learn([report], size, "t.csv")).Message,
            StringComparison.Ordinal);

    private static string Repeated(string text, int times) => string.Concat(Enumerable.Repeat(text, times));

    private static string Learned(IEnumerable<string> reports, int size) =>
        string.Join(' ', WordPieceTraining.Learn(reports, size, "test").Pieces);
}
