using System.Text;
using Radapt.Datasets.Matching;

namespace Radapt.Datasets;

/// <summary>
/// Findings whose names say a side of the body, so that a mirrored image has another label. In doubt a name is taken for one that does:
/// then images are not mirrored, which costs a little; to mirror a sided finding teaches the wrong side.
/// </summary>
internal static class SidedFindings
{
    // English, German, Dutch and Nordic, French, Spanish, Portuguese, Italian, Polish, Czech, and the Latin of reports; then abbreviations
    // of the same, and of lobes, which are right or left by their names.
    private static readonly HashSet<string> s_words =
    [
        "left", "right", "lefts", "rights", "lt", "rt", "lhs", "rhs", "linke", "linker", "linkes", "linken", "linkem", "rechte", "rechter",
        "rechtes", "rechten", "rechtem", "vänster", "höger", "venstre", "højre", "høyre", "vasen", "oikea", "destro", "destra", "destri",
        "destre", "lewy", "lewa", "lewe", "prawy", "prawa", "prawe", "levý", "levá", "levé", "pravý", "pravá", "pravé", "vlevo", "vpravo",
        "sinister", "dexter", "situs", "li", "re", "lks", "rts", "sin", "sn", "sx", "dx", "dex", "dext", "izq", "izqdo", "izqda", "izdo",
        "izda", "dcho", "dcha", "dch", "esq", "dir", "gche", "dte", "drt", "vä", "hö", "lll", "lul", "rll", "rml", "rul", "lol", "rol",
        "lsd", "lsg", "lid", "lig", "lsi", "lii", "lvh", "rvh",
    ];

    // As words of a compound or with an ending: linksseitig, rechtsbasal, izquierdo, gauches, dextrocardia, Mittellappen (which only the
    // right lung has), Lingula (only the left).
    private static readonly string[] s_within =
    [
        "links", "rechts", "linker", "rechter", "gauche", "droit", "izquierd", "derech", "esquerd", "direit", "sinistr", "dextro", "dextra",
        "levocard", "levosco", "laevo", "lewostron", "prawostron", "levostran", "pravostran", "vänstersid", "högersid", "venstresid",
        "højresid", "høyresid", "lingula", "mittellappen", "middlelobe", "middenkwab", "слева", "справа", "αριστερ", "δεξι", "左", "右",
    ];

    // "Bright" and "cleft" end like sides.
    private static readonly string[] s_noRight = ["bright", "upright", "fright", "wright", "outright", "aright"];

    // What could be an article or something else elsewhere is a side at the end: "Derrame der.", "Épanchement D".
    private static readonly HashSet<string> s_last = ["der", "dr", "l", "r", "d", "g"];

    // Left and right ventricle and atrium; small, these are articles and prefixes.
    private static readonly HashSet<string> s_capitals = ["L", "R", "LV", "RV", "LA", "RA", "LAE", "RAE"];

    private static readonly string[] s_phrases = ["middle lobe", "lobe moyen", "lóbulo medio", "lobo medio", "lobo médio"];

    /// <summary>The first finding that names a side; null: none does.</summary>
    public static string? First(IEnumerable<string> findings) => findings.FirstOrDefault(IsSided);

    /// <summary>
    /// Whether a finding names a side, in any case: <c>left effusion</c>, <c>EffusionRight</c>, <c>Pneu (re)</c>, <c>rechtsbasal</c>; not
    /// <c>bright</c>, <c>prenatal</c>, nor a finding whose whole name is a small letter.
    /// </summary>
    public static bool IsSided(string finding)
    {
        string[] words = [.. Words(finding)];
        string[] small = [.. words.Select(w => w.ToLowerInvariant())];
        string all = string.Join(' ', small);
        return words.Any(s_capitals.Contains) || small.Any(IsSide) || (small.Length > 1 && s_last.Contains(small[^1]))
            || small.Skip(1).Any(w => w is "l" or "r") || (small.Length > 1 && small[0] is "l" or "r")
            || s_phrases.Any(p => all.Contains(p, StringComparison.Ordinal));
    }

    private static bool IsSide(string word) => s_words.Contains(word) || s_within.Any(s => word.Contains(s, StringComparison.Ordinal))
        || (word.StartsWith("left", StringComparison.Ordinal) && !word.StartsWith("leftover", StringComparison.Ordinal))
        || word.StartsWith("right", StringComparison.Ordinal)
        || word.StartsWith("лев", StringComparison.Ordinal)
            || word.StartsWith("прав", StringComparison.Ordinal) // and pleura holds the first
        || (word.EndsWith("left", StringComparison.Ordinal) && word != "cleft")
        || (word.EndsWith("right", StringComparison.Ordinal) && !s_noRight.Contains(word));

    // Words end where letters end, and before a capital that follows a small letter.
    private static IEnumerable<string> Words(string text)
    {
        var word = new StringBuilder();
        char last = ' ';
        foreach (char c in CanonicalLetters.Composed(text) + " ")
        {
            if (word.Length > 0 && (!char.IsLetter(c) || (char.IsUpper(c) && char.IsLower(last))))
            {
                yield return word.ToString();
                word.Clear();
            }

            if (char.IsLetter(c))
            {
                word.Append(c);
            }

            last = c;
        }
    }
}
