using System.Globalization;
using Radapt.Datasets.Matching;

namespace Radapt.Datasets.Tables;

/// <summary>
/// Findings that one column lists in words, such as <c>Pneumonia; Effusion</c> (<c>--text-findings</c>). A finding is an item of the list
/// as it is written, without its case. Nothing is concluded: <c>Effusion left</c> is a finding of its own, not an effusion.
/// </summary>
/// <remarks>
/// A negated item ("no effusion", "kein Erguss") is absent. What follows it up to the next semicolon or line may be negated with it ("no
/// effusion, pneumothorax") and is unknown; so is an item that is doubted ("V.a. Pneumonie", "effusion?"). A row whose cell is empty is
/// unknown for every finding.
/// </remarks>
internal sealed class TextFindings
{
    private const int FewestRows = 10; // what a finding needs to be learned from; see LabelChecks
    private const int MostWords = 5;
    private const double MostSentences = 0.5;

    private static readonly char[] s_segments = [';', '\n', '\r', '|', '•'];
    private static readonly char[] s_items = [',', '/'];

    private static readonly string[] s_negations =
    [
        "no", "not", "without", "negative for", "absence of", "free of", "kein", "keine", "keinen", "keiner", "keinerlei", "nicht", "ohne",
        "ausschluss", "pas de", "pas d'", "sans", "absence de", "absence d'", "no hay", "sin", "senza", "assenza di", "nessun", "nessuna",
        "geen", "zonder", "sem", "ingen", "inga", "uden", "utan", "uten", "brak", "bez",
    ];

    private static readonly string[] s_negatedEnds =
        ["ausgeschlossen", "nicht nachweisbar", "nicht vorhanden", "excluded", "ruled out", "absent", "negative", "negativ", "exclu",
            "descartado", "escluso"];

    private static readonly string[] s_doubts =
    [
        "v.a", "va", "verdacht auf", "verd", "fraglich", "fragliche", "fraglicher", "fragliches", "fragl", "möglich", "mögliche",
        "möglicher", "evtl", "eventuell", "dd", "d.d", "ddx", "possible", "possibly", "probable", "probably", "suspected", "suspicion of",
        "questionable", "suspicion de", "suspect", "suspecté", "posible", "sospecha de", "sospetto", "sospetta", "possibile", "mogelijk",
        "mogelijke", "verdenking", "susp", "cannot exclude",
    ];

    private static readonly HashSet<string> s_normal =
    [
        "unauffällig", "normal", "normalbefund", "o.b", "ob", "ohne befund", "ohne pathologischen befund", "kein befund",
        "keine auffälligkeiten", "regelrecht", "no finding", "no findings", "normal study", "nad", "nil", "none", "negative", "negativ",
        "rien", "ras", "r.a.s", "normale", "rien à signaler", "sans particularité", "sin hallazgos", "nella norma", "nei limiti",
        "geen afwijkingen", "g.a", "nihil", "u.a", "0",
    ];

    private readonly Dictionary<string, Dictionary<string, int>> _spellings = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _rows = new(StringComparer.Ordinal);
    private int _negated;
    private int _doubted;

    private TextFindings()
    {
    }

    private enum Saying
    {
        Present,
        Absent,
        Doubted,
    }

    /// <summary>Reads the findings of a column.</summary>
    /// <exception cref="RadaptException">There is no such column, it holds sentences, or no item is frequent enough.</exception>
    public static FindingColumns Read(CsvCells cells, DataOptions o, ICollection<string> notes) =>
        new TextFindings().ReadColumn(cells, o, notes);

    private FindingColumns ReadColumn(CsvCells cells, DataOptions o, ICollection<string> notes)
    {
        int column = LabelTable.Find(cells, o.TextFindings!, "--text-findings");
        LabelTable.RequireResults(cells, [column]);
        string where = $"{cells.File}, column '{cells.Header[column]}'";
        string[] texts = [.. cells.Rows.Select(r => r.Cells[column])];
        int sentences = texts.Count(t => t.Contains(". ", StringComparison.Ordinal) && t.Split(' ').Length > 2 * MostWords);
        if (sentences > MostSentences * texts.Count(t => t.Length > 0))
        {
            throw new RadaptException($"{where} contains sentences: --text-findings reads lists of findings, such as 'Pneumonia; Effusion'.");
        }

        List<(string Key, Saying Saying)>?[] rows = [.. texts.Select(Items)];
        int fewest = o.AllowRareFindings ? 1 : FewestRows;
        string[] keys = o.Findings.Count > 0 ? [.. o.Findings.Select(Key)]
            : [.. _rows.Where(r => r.Value >= fewest && r.Key.Split(' ').Length <= MostWords).OrderByDescending(r => r.Value)
                .ThenBy(r => r.Key, StringComparer.Ordinal).Select(r => r.Key)];
        if (keys.Length == 0)
        {
            throw new RadaptException(
                $"{where}: no finding is listed in {FewestRows} rows or more (items are divided by ; , / or line breaks): name findings with "
                    + "--findings, or allow rare ones with --allow-rare-findings.");
        }

        sbyte[]?[] labels = [.. rows.Select(r => Labels(r, keys))];
        string[] names = o.Findings.Count > 0 ? [.. o.Findings] : [.. keys.Select(Spelling)];
        LabelCounts[] counts = [.. keys.Select((_, f) => new LabelCounts(
            labels.Count(l => l![f] == 1), labels.Count(l => l![f] == 0), labels.Count(l => l![f] == -1)))];
        int rare = _rows.Count - keys.Count(_rows.ContainsKey);
        int empty = rows.Count(r => r is null);
        notes.Add(string.Create(CultureInfo.InvariantCulture,
            $"{where} lists findings: {ColumnReport.Listed(names.Zip(counts).Select(p => $"{p.First} ({p.Second.Positives} rows)"))}; findings that a row does not list are absent. ")
            + $"{Plural.Count(rare, "other item")}{(o.Findings.Count > 0 ? "" : $", in fewer than {fewest} rows or of more than {MostWords} words,")} "
            + $"not used; {Plural.Count(_negated, "negated item")} read as absent, {_doubted} doubted or after a negation as unknown; "
            + $"{Plural.Count(empty, "empty cell")} unknown.");
        return new FindingColumns(names, labels, new ColumnReport([.. names.Zip(counts)], []));
    }

    private static sbyte[] Labels(List<(string Key, Saying Saying)>? items, string[] keys) =>
        items is null ? [.. keys.Select(_ => (sbyte)-1)]
            : [.. keys.Select(k => (sbyte)(items.Any(i => i.Key == k && i.Saying == Saying.Present) ? 1
                : items.Any(i => i.Key == k && i.Saying == Saying.Doubted) ? -1 : 0))];

    // Null: the cell says nothing.
    private List<(string Key, Saying Saying)>? Items(string text)
    {
        if (LabelWords.Read(text) == LabelWord.Unknown)
        {
            return null;
        }

        var items = new List<(string, Saying)>();
        foreach (string segment in text.Split(s_segments))
        {
            bool isAfterNegation = false;
            foreach ((string name, Saying said) in segment.Split(s_items).Select(Tidy)
                .Where(i => i.Length > 0 && !s_normal.Contains(Key(i)))
                .SelectMany(Read))
            {
                Saying saying = said;
                isAfterNegation |= saying == Saying.Absent;
                saying = isAfterNegation && saying == Saying.Present ? Saying.Doubted : saying;
                _negated += saying == Saying.Absent ? 1 : 0;
                _doubted += saying == Saying.Doubted ? 1 : 0;
                items.Add((Key(name), saying));
                if (saying == Saying.Present)
                {
                    Dictionary<string, int> spellings = _spellings.TryGetValue(Key(name), out Dictionary<string, int>? known) ? known
                        : _spellings[Key(name)] = new(StringComparer.Ordinal);
                    spellings[name] = spellings.GetValueOrDefault(name) + 1;
                }
            }
        }

        foreach (string key in items.Where(i => i.Item2 == Saying.Present).Select(i => i.Item1).Distinct())
        {
            _rows[key] = _rows.GetValueOrDefault(key) + 1;
        }

        return items;
    }

    private static IEnumerable<(string Name, Saying Saying)> Read(string item)
    {
        string key = Key(item);
        string[] words = key.Split(' ');
        if (s_negatedEnds.FirstOrDefault(n => key.EndsWith(" " + n, StringComparison.Ordinal)) is { } end)
        {
            // "Not excluded" is a doubt.
            return words.Any(w => w is "not" or "cannot" or "nicht" or "non" or "pas" or "no")
                ? [(WithoutNegation(item[..^end.Length]), Saying.Doubted)] : [(Tidy(item[..^end.Length]), Saying.Absent)];
        }

        if (s_negations.FirstOrDefault(n => StartsWith(key, n)) is { } negation)
        {
            return [(Tidy(item[Math.Min(negation.Length, item.Length)..]), Saying.Absent)];
        }

        // "Pneumonia without effusion" says both.
        int middle = Array.FindIndex(words, s_negations.Contains);
        if (middle > 0)
        {
            string[] written = item.Split(' ');
            return [.. Read(string.Join(' ', written[..middle])), (Tidy(string.Join(' ', written[(middle + 1)..])), Saying.Absent)];
        }

        string? doubt = s_doubts.FirstOrDefault(d => StartsWith(key, d));
        return doubt is not null ? [(Tidy(item[Math.Min(doubt.Length, item.Length)..]), Saying.Doubted)]
            : item.Contains('?', StringComparison.Ordinal) ? [(Tidy(item.Replace("?", "", StringComparison.Ordinal)), Saying.Doubted)]
            : [(item, Saying.Present)];
    }

    private static string WithoutNegation(string item) =>
        Tidy(string.Join(' ', item.Split(' ').TakeWhile(w =>
            w.ToLowerInvariant() is not ("not" or "cannot" or "nicht" or "non" or "pas" or "no"))));

    private static bool StartsWith(string key, string word) =>
        key.StartsWith(word, StringComparison.Ordinal)
            && (key.Length == word.Length || word.EndsWith('\'') || !char.IsLetter(key[word.Length]));

    private static string Tidy(string item) =>
        string.Join(' ', CanonicalLetters.Composed(item).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
            .Trim(' ', '.', ':', '-', '"', '(', ')');

    private static string Key(string item) => Tidy(item).ToLowerInvariant();

    private string Spelling(string key) =>
        _spellings[key].OrderByDescending(s => s.Value).ThenBy(s => s.Key, StringComparer.Ordinal).First().Key;
}
