using Radapt.Datasets.Matching;

namespace Radapt.Datasets.Tables;

/// <summary>
/// Columns that are not findings by their names, whatever they hold: a person's sex and age, numbers of rows, and membership in splits.
/// </summary>
internal static class NamedColumns
{
    // English, German, French, Spanish and Portuguese, Italian, Dutch, Nordic, Polish, Czech.
    private static readonly HashSet<string> s_demographic =
    [
        "sex", "gender", "age", "male", "female", "man", "woman", "patientsex", "patientage", "patientgender", "sexm", "sexf",
        "geschlecht", "alter", "männlich", "weiblich", "patientenalter", "patientengeschlecht", "lebensalter",
        "sexe", "âge", "masculin", "féminin", "homme", "femme", "sexo", "edad", "género", "genero", "hombre", "mujer", "varón", "varon",
        "masculino", "femenino", "idade", "feminino", "sesso", "età", "eta", "genere", "maschio", "femmina", "geslacht", "leeftijd",
        "kön", "køn", "kjønn", "ålder", "alder", "sukupuoli", "ikä", "płeć", "wiek", "pohlaví", "pohlavie", "věk", "vek",
    ];

    private static readonly HashSet<string> s_besides =
    [
        "patient", "patients", "patienten", "des", "der", "du", "de", "del", "della", "of", "the", "at", "in", "bei", "is", "ist", "y",
        "yr", "yrs", "year", "years", "jahre", "jahren", "ans", "años", "anni", "jaar", "study", "exam", "untersuchung", "group", "gruppe",
        "m", "f", "w", "mf", "mw", "code", "male", "female",
    ];

    private static readonly HashSet<string> s_numbers =
    [
        "id", "ids", "nr", "no", "num", "number", "nummer", "index", "idx", "row", "zeile", "unnamed", "lfd", "lfdnr", "pid",
    ];

    private static readonly HashSet<string> s_membership =
        ["split", "splits", "fold", "folds", "holdout", "partition", "subset", "trainset", "testset", "valset", "istrain", "istest",
            "isval"];

    private static readonly HashSet<string> s_parts = ["train", "training", "val", "valid", "validation", "test", "testing"];

    /// <summary>Why a column of labels is not a finding, by its name; null: it may be one.</summary>
    public static string? Reason(string column)
    {
        string[] words = [.. Words(column)];
        string[] telling = [.. words.Where(w => !s_besides.Contains(w) && !w.All(char.IsAsciiDigit))];
        return words.Any(s_demographic.Contains) && telling.All(s_demographic.Contains) ? "sex or age"
            : words.Any(s_membership.Contains) || (words.Length > 0
                && words.All(w => s_parts.Contains(w) || w is "is" or "in" or "set" or "set1"))
            ? "membership in a split"
            : telling.Length > 0 && telling.All(s_numbers.Contains) ? "an identifier"
            : null;
    }

    /// <summary>
    /// The words of a name in small letters: they end at other characters, and before a capital that follows a small letter.
    /// </summary>
    public static IEnumerable<string> Words(string name)
    {
        string text = CanonicalLetters.Composed(name);
        int start = 0;
        for (int i = 0; i <= text.Length; i++)
        {
            bool isPart = i < text.Length && char.IsLetterOrDigit(text[i]);
            bool isNew = isPart && i > start && ((char.IsUpper(text[i]) && char.IsLower(text[i - 1]))
                || char.IsDigit(text[i]) != char.IsDigit(text[i - 1]));
            if ((!isPart || isNew) && i > start)
            {
                yield return text[start..i].ToLowerInvariant();
            }

            start = isNew ? i : isPart ? start : i + 1;
        }
    }
}
