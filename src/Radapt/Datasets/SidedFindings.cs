using System.Text;
using Radapt.Datasets.Matching;

namespace Radapt.Datasets;

/// <summary>
/// Findings whose names say a side of the body, so that a mirrored image has another label: a word for left or right, a single letter L or
/// R, or
/// a condition that is a side itself.
/// </summary>
internal static class SidedFindings
{
    // English, German, Dutch and Nordic, French, Spanish, Portuguese, Italian, Polish, and the Latin of reports; German inflects.
    private static readonly HashSet<string> s_words =
    [
        "left", "right", "lefts", "rights", "leftsided", "rightsided", "lt", "rt", "lll", "lul", "rll", "rml", "rul",
        "links", "rechts", "linksseitig", "rechtsseitig", "linke", "linker", "linkes", "linken", "linkem", "rechte", "rechter", "rechtes",
            "rechten", "rechtem",
        "vänster", "höger", "venstre", "højre", "høyre", "vasen", "oikea",
        "gauche", "gauches", "droit", "droite", "droits", "droites",
        "izquierdo", "izquierda", "derecho", "derecha", "esquerdo", "esquerda", "direito", "direita",
        "sinistro", "sinistra", "destro", "destra", "lewy", "lewa", "lewe", "prawy", "prawa", "prawe",
        "sinister", "dexter", "sin", "dex", "dextrocardia", "dextrokardie", "situs",
    ];

    /// <summary>The first finding that names a side; null: none does.</summary>
    public static string? First(IEnumerable<string> findings) => findings.FirstOrDefault(IsSided);

    /// <summary>
    /// Whether a finding names a side, in any case, as a whole word: <c>left effusion</c>, <c>EffusionRight</c>, <c>Pneumothorax_R</c>; not
    /// <c>bright</c>.
    /// </summary>
    public static bool IsSided(string finding) => Words(finding).Any(w => s_words.Contains(w.ToLowerInvariant()) || w is "L" or "R");

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
