using System.Security.Cryptography;
using System.Text;

namespace Radapt.Pretraining.Reports;

/// <summary>
/// The pieces that words of reports are cut into (WordPiece, Schuster and Nakajima 2012): a piece that continues a word begins with
/// <c>##</c>. The number of a piece is its place in the list.
/// </summary>
internal sealed class WordPieceVocabulary
{
    /// <summary>What a piece that continues a word begins with.</summary>
    public const string Continuation = "##";

    /// <summary>Fills reports up to one length.</summary>
    public const string PaddingPiece = "[PAD]";

    /// <summary>Stands for a word that cannot be cut into pieces of the vocabulary.</summary>
    public const string UnknownPiece = "[UNK]";

    /// <summary>Begins every report.</summary>
    public const string FirstPiece = "[CLS]";

    /// <summary>Stands in place of a masked piece.</summary>
    public const string MaskPiece = "[MASK]";

    /// <summary>Pieces that stand for no letters.</summary>
    public static IReadOnlyList<string> Special { get; } = [PaddingPiece, UnknownPiece, FirstPiece, MaskPiece];

    /// <summary>A vocabulary.</summary>
    /// <param name="pieces">All pieces in order.</param>
    /// <param name="rules">How texts become words.</param>
    /// <param name="source">Where it is from, for messages.</param>
    /// <exception cref="RadaptException">A piece is empty, occurs twice, or one of the special ones is missing.</exception>
    public WordPieceVocabulary(IReadOnlyList<string> pieces, TextRules rules, string source)
    {
        (Pieces, Rules, Source) = (pieces, rules, source);
        var numbers = new Dictionary<string, int>(pieces.Count, StringComparer.Ordinal);
        for (int i = 0; i < pieces.Count; i++)
        {
            if (pieces[i].Length == 0 || pieces[i].AsSpan().ContainsAny('\r', '\n'))
            {
                throw new RadaptException($"{source}: piece {i + 1} of the vocabulary is empty. Give one piece a line.");
            }

            if (!numbers.TryAdd(pieces[i], i))
            {
                throw new RadaptException($"{source}: piece {i + 1} of the vocabulary is piece {numbers[pieces[i]] + 1} again.");
            }
        }

        if (Special.Where(s => !numbers.ContainsKey(s)).ToArray() is { Length: > 0 } missing)
        {
            throw new RadaptException($"{source} is not a vocabulary for masked words: it lacks {string.Join(", ", missing)}.");
        }

        (Padding, Unknown, First, Mask) =
            (numbers[PaddingPiece], numbers[UnknownPiece], numbers[FirstPiece], numbers[MaskPiece]);
    }

    /// <summary>All pieces in order.</summary>
    public IReadOnlyList<string> Pieces { get; }

    /// <summary>How texts become words.</summary>
    public TextRules Rules { get; }

    /// <summary>Where it is from, for messages.</summary>
    public string Source { get; }

    /// <summary>Letters of the longest word that is cut into pieces; longer ones are unknown.</summary>
    public int LongestWord { get; init; } = 100;

    /// <summary>Number of <see cref="PaddingPiece"/>.</summary>
    public int Padding { get; }

    /// <summary>Number of <see cref="UnknownPiece"/>.</summary>
    public int Unknown { get; }

    /// <summary>Number of <see cref="FirstPiece"/>.</summary>
    public int First { get; }

    /// <summary>Number of <see cref="MaskPiece"/>.</summary>
    public int Mask { get; }

    /// <summary>SHA-256 over the pieces in their order: by it, weights know whose pieces they are for.</summary>
    public string Hash() => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', Pieces))));

    /// <summary>Whether a piece continues a word.</summary>
    public bool Continues(int piece) => Pieces[piece].StartsWith(Continuation, StringComparison.Ordinal);
}
