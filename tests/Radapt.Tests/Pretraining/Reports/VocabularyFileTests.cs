using Radapt.Pretraining.Reports;

namespace Radapt.Tests.Pretraining.Reports;

public sealed class VocabularyFileTests
{
    private const string Special = "[PAD]\n[UNK]\n[CLS]\n[MASK]\n";

    [Fact]
    public void Read_ListOfPieces_NumbersLinesAndTakesBertsRules()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["vocab.txt"], "\uFEFF[PAD]\r\n[CLS]\r\n[UNK]\r\n[MASK]\r\nlung\r\n##s\r\n");

        WordPieceVocabulary vocabulary = VocabularyFile.Read(folder["vocab.txt"]);

        Assert.Equal(["[PAD]", "[CLS]", "[UNK]", "[MASK]", "lung", "##s"], vocabulary.Pieces);
        Assert.Equal((0, 2, 1, 3), (vocabulary.Padding, vocabulary.Unknown, vocabulary.First, vocabulary.Mask));
        Assert.True(vocabulary.Continues(5));
        Assert.False(vocabulary.Continues(4));
        Assert.Equal((WordRule.PunctuationApart, true), (vocabulary.Rules.Words, vocabulary.Rules.LowerCase));
    }

    [Fact]
    public void Read_ListWithCapitals_KeepsCapitals()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["vocab.txt"], Special + "Lunge\nlunge\n");
        WordPieceVocabulary vocabulary = VocabularyFile.Read(folder["vocab.txt"]);
        Assert.Equal([2, 4, 5], new ReportTokenizer(vocabulary).Encode("Lunge lunge", 9));
    }

    public static TheoryData<string, string, bool> AllRules => [.. Enum.GetNames<WordRule>().SelectMany(w =>
        Enum.GetNames<DigitRule>().SelectMany(d => new[] { (w, d, true), (w, d, false) }))];

    [Theory]
    [MemberData(nameof(AllRules))]
    public void Write_AnyVocabulary_IsReadBackAsItWas(string wordRule, string digitRule, bool folded)
    {
        using var folder = new TemporaryFolder();
        (WordRule words, DigitRule digits) = (Enum.Parse<WordRule>(wordRule), Enum.Parse<DigitRule>(digitRule));
        var rules = new TextRules { Words = words, Digits = digits, LowerCase = folded, StripAccents = folded, Compatible = folded };
        var written = new WordPieceVocabulary(["[MASK]", "é\"\\", "[PAD]", "[UNK]", "##ü", "[CLS]"], rules, "test") { LongestWord = 7 };

        VocabularyFile.Write(folder["tokenizer.json"], written);

        WordPieceVocabulary read = VocabularyFile.Read(folder["tokenizer.json"]);
        Assert.Equal(written.Pieces, read.Pieces);
        Assert.Equal((rules, 7), (read.Rules, read.LongestWord));
    }

    /// <summary>The vocabulary that MRM was trained with.</summary>
    [Fact]
    public void Read_TokenizerOfMrm_HasItsPiecesAndRules()
    {
        string path = Path.Combine(Repository.RealData("."), "mimic_wordpiece.json");
        Assert.SkipUnless(File.Exists(path), "needs mimic_wordpiece.json in the data folder");

        WordPieceVocabulary vocabulary = VocabularyFile.Read(path);

        Assert.Equal((30_000, TextRules.Mrm), (vocabulary.Pieces.Count, vocabulary.Rules));
        Assert.Equal((0, 1, 2, 3), (vocabulary.Padding, vocabulary.Unknown, vocabulary.First, vocabulary.Mask));
        int[] pieces = new ReportTokenizer(vocabulary).Encode("FINDINGS: No focal consolidation, effusion or 12mm hemidiaphrags.", 100);
        Assert.Equal("[CLS] findings : no focal consolidation , effusion or 12 mm hemidiaphrags .",
            string.Join(' ', pieces.Select(p => vocabulary.Pieces[p])));
    }

    [Theory]
    [InlineData("lung\n##s\n", "lacks [PAD], [UNK], [CLS], [MASK]")]
    [InlineData(Special + "lung\nlung\n", "piece 6 of the vocabulary is piece 5 again")]
    [InlineData(Special + "\nlung\n", "piece 5 of the vocabulary is empty")]
    [InlineData("", "is empty")]
    [InlineData("{", "is not valid JSON")]
    [InlineData("""{"a":1,"a":2}""", "is not valid JSON")]
    [InlineData("""{"vocab":{}}""", "it has no model")]
    [InlineData("""{"model":{"type":"BPE"}}""", "its model is BPE")]
    [InlineData("""{"model":{"type":"WordPiece"}}""", "it has no vocabulary")]
    [InlineData("""{"model":{"vocab":{"[PAD]":0,"[UNK]":2}}}""", "the numbers of its pieces are not 0 to 1, each once")]
    [InlineData("""{"model":{"vocab":{"[PAD]":0,"[UNK]":0}}}""", "the numbers of its pieces are not 0 to 1, each once")]
    [InlineData("""{"model":{"vocab":{"[PAD]":0,"[PAD]":1}}}""", "a piece of the vocabulary occurs twice")]
    [InlineData("""{"model":{"vocab":{},"continuing_subword_prefix":"@@"}}""", "pieces that continue a word do not begin with ##")]
    [InlineData("""{"model":{"vocab":{}},"normalizer":{"type":"Sequence","normalizers":[{"type":"Nmt"}]}}""", "its normalizer Nmt")]
    [InlineData("""{"model":{"vocab":{}},"pre_tokenizer":{"type":"Metaspace"}}""", "its pre-tokenizer Metaspace")]
    public void Read_DamagedFile_SaysWhatIsWrong(string text, string message)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["vocab"], text);
        RadaptException error = Assert.Throws<RadaptException>(() => VocabularyFile.Read(folder["vocab"]));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Contains(folder["vocab"], error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void Read_FileThatIsNotText_IsRefused()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["v"], [0xFF, 0xFE, 0x00]);
        Assert.Contains("UTF-8", Assert.Throws<RadaptException>(() => VocabularyFile.Read(folder["v"])).Message, StringComparison.Ordinal);
        Assert.Contains("cannot be read", Assert.Throws<RadaptException>(() => VocabularyFile.Read(folder["none"])).Message,
            StringComparison.Ordinal);
    }
}
