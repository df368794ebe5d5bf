using Radapt.Pretraining.Reports;

namespace Radapt.Tests.Pretraining.Reports;

public sealed class ReportTokenizerTests
{
    private static readonly string[] s_pieces =
        ["[PAD]", "[UNK]", "[CLS]", "[MASK]", "lung", "##s", "clear", ".", "##.", "no", "1", "5", "mm", "##m", "-", "effusion", "1mm"];

    /// <summary>
    /// Each word is cut into the longest pieces from its start; a word whose rest is not a piece is unknown as a whole.
    /// </summary>
    [Theory]
    [InlineData("Lungs clear.", "[CLS] lung ##s clear .")]
    [InlineData("  lungs\n\tCLEAR  ", "[CLS] lung ##s clear")]
    [InlineData("clears lungx mm", "[CLS] clear ##s [UNK] mm")]
    [InlineData("1.5mm", "[CLS] 1 . 5 mm")] // numbers are words of their own
    [InlineData("no-effusion", "[CLS] no - effusion")]
    [InlineData("clear...", "[CLS] clear . ##. ##.")] // marks in a row are a word
    [InlineData("cléar", "[CLS] clear")]
    [InlineData("cle\u0301ar", "[CLS] clear")]
    [InlineData("no\u00A0effusion 1\u00B5 5\u00B2", "[CLS] no effusion 1 [UNK] [UNK]")] // neither the letter nor 52 is in the vocabulary
    [InlineData("", "[CLS]")]
    public void Encode_RulesOfMrm_CutsIntoLongestPieces(string text, string expected) => Check(TextRules.Mrm, text, expected);

    [Theory]
    [InlineData("1.5mm", "[CLS] 1 . 5 ##m ##m")] // 5mm is one word
    [InlineData("1mm", "[CLS] 1mm")]
    [InlineData("clear...", "[CLS] clear . . .")] // every mark is a word
    public void Encode_RulesOfBert_KeepsDigitsInWordsAndMarksApart(string text, string expected) => Check(TextRules.Bert, text, expected);

    /// <summary>What a report says is never taken for a special piece.</summary>
    [Theory]
    [InlineData("[MASK] no [PAD]")]
    [InlineData("[mask]no[pad]")]
    public void Encode_SpecialPiecesInText_AreOrdinaryLetters(string text)
    {
        var vocabulary = new WordPieceVocabulary([.. s_pieces, "[", "]", "mask", "pad"], TextRules.Mrm, "test");
        Assert.Equal("[CLS] [ mask ] no [ pad ]", Shown(new ReportTokenizer(vocabulary), text));
    }

    [Fact]
    public void Encode_LongReport_IsCutOff()
    {
        var tokenizer = new ReportTokenizer(new WordPieceVocabulary(s_pieces, TextRules.Mrm, "test"));
        Assert.Equal([2, 4, 5, 4], tokenizer.Encode("lungs lungs lungs", 4));
        Assert.Equal([2], tokenizer.Encode("lungs", 1));
    }

    private static void Check(TextRules rules, string text, string expected) =>
        Assert.Equal(expected, Shown(new ReportTokenizer(new WordPieceVocabulary(s_pieces, rules, "test")), text));

    private static string Shown(ReportTokenizer tokenizer, string text) =>
        string.Join(' ', tokenizer.Encode(text, 100).Select(p => tokenizer.Vocabulary.Pieces[p]));
}
