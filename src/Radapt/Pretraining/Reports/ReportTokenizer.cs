using System.Text;
using Microsoft.ML.Tokenizers;

namespace Radapt.Pretraining.Reports;

/// <summary>
/// Texts to the numbers of word pieces: each word is cut into the longest pieces that the vocabulary has, from its start.
/// </summary>
internal sealed class ReportTokenizer
{
    private readonly WordPieceTokenizer _pieces;
    private readonly TextRules _rules;

    public ReportTokenizer(WordPieceVocabulary vocabulary)
    {
        (Vocabulary, _rules) = (vocabulary, vocabulary.Rules);
        using var list = new MemoryStream(Encoding.UTF8.GetBytes(string.Join('\n', vocabulary.Pieces)));
        _pieces = WordPieceTokenizer.Create(list, new WordPieceOptions
        {
            PreTokenizer = new RegexPreTokenizer(_rules.WordPattern, null),
            UnknownToken = WordPieceVocabulary.UnknownPiece,
            ContinuingSubwordPrefix = WordPieceVocabulary.Continuation,
            MaxInputCharsPerWord = vocabulary.LongestWord,
        });
    }

    /// <summary>The pieces.</summary>
    public WordPieceVocabulary Vocabulary { get; }

    /// <summary>A report as numbers of pieces, after the piece that begins every report. Special pieces never come from a text.</summary>
    /// <param name="report">Its text.</param>
    /// <param name="most">Most pieces, the first included; what is beyond is cut off.</param>
    public int[] Encode(string report, int most) =>
        [Vocabulary.First, .. _pieces.EncodeToIds(_rules.Normalise(report)).Take(most - 1)];
}
