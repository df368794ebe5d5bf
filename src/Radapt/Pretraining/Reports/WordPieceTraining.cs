namespace Radapt.Pretraining.Reports;

/// <summary>
/// Learns a vocabulary of word pieces from reports. It begins with single letters, and joins again and again the two neighbouring pieces
/// whose joining makes the words most probable (Schuster and Nakajima 2012): pieces a and b that stand side by side n(ab) times gain
/// n(ab) log(n(ab) n / (n(a) n(b))). Equal gains are told apart by count, then by letters, so that the same reports give the same pieces.
/// </summary>
internal sealed class WordPieceTraining
{
    /// <summary>How often two pieces must stand side by side to be joined: rarer words, such as names, stay in parts.</summary>
    public const int LeastCount = 5;

    private readonly List<string> _pieces = [];
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly List<(int[] Pieces, long Count)> _words = [];
    private readonly Dictionary<(int First, int Second), (long Count, HashSet<int> Words)> _pairs = [];
    private readonly List<long> _counts = [];
    private long _all;

    private WordPieceTraining()
    {
    }

    /// <summary>Learns the pieces.</summary>
    /// <param name="reports">Texts.</param>
    /// <param name="size">Most pieces, the special ones included; there are fewer where no joining is left.</param>
    /// <param name="source">What the vocabulary is from, for messages.</param>
    /// <exception cref="RadaptException">The reports have more letters than there may be pieces, or no words.</exception>
    public static WordPieceVocabulary Learn(IEnumerable<string> reports, int size, string source)
    {
        TextRules rules = TextRules.Mrm;
        var counts = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (string report in reports)
        {
            string text = rules.Normalise(report);
            foreach (System.Text.RegularExpressions.ValueMatch word in rules.WordPattern.EnumerateMatches(text))
            {
                string letters = text.Substring(word.Index, word.Length);
                counts[letters] = counts.GetValueOrDefault(letters) + 1;
            }
        }

        var training = new WordPieceTraining();
        foreach (string special in WordPieceVocabulary.Special)
        {
            training.Number(special);
        }

        training.Begin(counts);
        int letterPieces = training._pieces.Count;
        if (counts.Count == 0 || letterPieces > size)
        {
            throw new RadaptException(counts.Count == 0 ? $"{source}: no report has a word to learn a vocabulary from."
                : $"{source}: the reports have {letterPieces - WordPieceVocabulary.Special.Count} different letters and marks, too many "
                    + $"for a vocabulary of {size} pieces. Allow at least {letterPieces}.");
        }

        while (training._pieces.Count < size && training.Best() is { } pair)
        {
            training.Join(pair);
        }

        return new WordPieceVocabulary(training._pieces, rules, source);
    }

    // Every word as letters; those after the first continue it. Pieces are numbered in the order of their letters.
    private void Begin(Dictionary<string, long> counts)
    {
        string[] words = [.. counts.Keys.Order(StringComparer.Ordinal)];
        foreach (string letter in words.SelectMany(Letters).Distinct().OrderBy(IsContinuation).ThenBy(l => l, StringComparer.Ordinal))
        {
            Number(letter);
        }

        foreach (string word in words)
        {
            _words.Add(([.. Letters(word).Select(Number)], counts[word]));
            Count(_words.Count - 1, 1);
        }
    }

    private static IEnumerable<string> Letters(string word)
    {
        int at = 0;
        foreach (System.Text.Rune letter in word.EnumerateRunes())
        {
            yield return (at == 0 ? "" : WordPieceVocabulary.Continuation) + letter;
            at += letter.Utf16SequenceLength;
        }
    }

    private static bool IsContinuation(string piece) => piece.StartsWith(WordPieceVocabulary.Continuation, StringComparison.Ordinal);

    private int Number(string piece)
    {
        if (!_numbers.TryGetValue(piece, out int number))
        {
            number = _pieces.Count;
            _numbers.Add(piece, number);
            _pieces.Add(piece);
            _counts.Add(0);
        }

        return number;
    }

    // Adds a word's pieces and pairs to the counts, or takes them away.
    private void Count(int word, int sign)
    {
        (int[] pieces, long count) = _words[word];
        for (int i = 0; i < pieces.Length; i++)
        {
            _counts[pieces[i]] += sign * count;
            _all += sign * count;
            if (i == 0)
            {
                continue;
            }

            (int, int) pair = (pieces[i - 1], pieces[i]);
            (long known, HashSet<int> words) = _pairs.TryGetValue(pair, out (long, HashSet<int>) found) ? found : (0, []);
            known += sign * count;
            if (sign > 0)
            {
                words.Add(word);
            }
            else
            {
                words.Remove(word);
            }

            if (known > 0)
            {
                _pairs[pair] = (known, words);
            }
            else
            {
                _pairs.Remove(pair);
            }
        }
    }

    private (int First, int Second)? Best()
    {
        (int First, int Second)? best = null;
        (double Gain, long Count) highest = default;
        foreach (((int first, int second), (long count, _)) in _pairs)
        {
            if (count < LeastCount || WouldMislead(first, second))
            {
                continue;
            }

            double gain = count * Math.Log(count * (double)_all / (_counts[first] * (double)_counts[second]));
            if (best is not { } known || gain > highest.Gain
                || (gain == highest.Gain && (count > highest.Count || (count == highest.Count && IsBefore((first, second), known)))))
            {
                (best, highest) = ((first, second), (gain, count));
            }
        }

        return best;
    }

    // "##" at the start of a word of marks would read as a piece that continues one.
    private bool WouldMislead(int first, int second) =>
        _pieces[first] == "#" && _pieces[second].StartsWith(WordPieceVocabulary.Continuation + "#", StringComparison.Ordinal);

    private bool IsBefore((int First, int Second) one, (int First, int Second) other) => string.CompareOrdinal(
        $"{_pieces[one.First]} {_pieces[one.Second]}", $"{_pieces[other.First]} {_pieces[other.Second]}") < 0;

    private void Join((int First, int Second) pair)
    {
        int joined = Number(_pieces[pair.First] + _pieces[pair.Second][WordPieceVocabulary.Continuation.Length..]);
        foreach (int word in _pairs[pair].Words.Order().ToArray())
        {
            Count(word, -1);
            (int[] pieces, long count) = _words[word];
            var shorter = new List<int>(pieces.Length);
            for (int i = 0; i < pieces.Length; i++)
            {
                bool joins = i + 1 < pieces.Length && (pieces[i], pieces[i + 1]) == pair;
                shorter.Add(joins ? joined : pieces[i]);
                i += joins ? 1 : 0;
            }

            _words[word] = ([.. shorter], count);
            Count(word, 1);
        }
    }
}
