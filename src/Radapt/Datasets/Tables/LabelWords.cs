using System.Globalization;
using Radapt.Datasets.Matching;

namespace Radapt.Datasets.Tables;

/// <summary>What a cell of a finding's column says by itself.</summary>
internal enum LabelWord
{
    /// <summary>Nothing that is known: a number, a name, a sentence.</summary>
    Other,

    /// <summary>The finding is present.</summary>
    Present,

    /// <summary>Present, by a mark that people set in a list, such as <c>x</c>: what they left empty is absent.</summary>
    Tick,

    /// <summary>Present, by a plus sign, whose opposite is a dash.</summary>
    Plus,

    /// <summary>The finding is absent.</summary>
    Absent,

    /// <summary>A dash: absent or unknown, which the rest of the column decides.</summary>
    Dash,

    /// <summary>Nobody knows, or nobody looked.</summary>
    Unknown,
}

/// <summary>The words and signs for present, absent and unknown that people and programs write, in any case.</summary>
internal static class LabelWords
{
    // English, German, French, Spanish, Italian, Dutch, Portuguese, Danish, Norwegian, Swedish, Finnish, Polish, Czech, Slovak, Hungarian,
    // Croatian, Slovene, Romanian, Turkish, Greek, Russian; "true" as spreadsheets write it in these languages.
    private static readonly HashSet<string> s_present =
    [
        "yes", "y", "true", "t", "ja", "j", "oui", "si", "sí", "sì", "s", "sim", "joo", "kyllä", "tak", "ano", "áno", "igen", "da",
        "evet", "jah", "ναι", "да", "pos", "positive", "positiv", "positif", "positivo", "positief", "present", "vorhanden", "présent",
        "presente", "aanwezig", "wahr", "vrai", "vero", "verdadero", "verdadeiro", "waar", "sant", "sann", "sand", "prawda", "igaz",
    ];

    private static readonly HashSet<string> s_absent =
    [
        "no", "n", "false", "f", "nein", "non", "não", "nao", "nee", "nej", "nei", "ei", "nie", "ne", "nem", "nu", "hayır", "όχι", "нет",
        "neg", "negative", "negativ", "negatif", "négatif", "negativo", "negatief", "absent", "nicht vorhanden", "ausente", "assente",
        "afwezig", "falsch", "faux", "falso", "onwaar", "falskt", "fałsz", "hamis",
    ];

    private static readonly HashSet<string> s_unknown =
    [
        "n.b", "nb", "k.a", "ka", "n.d", "nd", "n/d", "s/d", "s.d", "unbekannt", "unknown", "unk", "inconnu", "inconnue", "desconocido",
        "desconocida", "sconosciuto", "sconosciuta", "ignoto", "onbekend", "desconhecido", "ukendt", "ukjent", "okänd", "okänt",
        "tuntematon", "nieznany", "nieznane", "neznámo", "neznámý", "ismeretlen", "nepoznato", "neznano", "necunoscut", "bilinmiyor",
        "missing", "fehlt", "fehlend", "keine angabe", "keine angaben", "not available", "not known", "not done", "not assessed",
        "nicht bekannt", "nicht beurteilt", "nicht beurteilbar", "nicht befundet", "nicht untersucht", "nicht erhoben", "nicht bestimmt",
        "manquant", "non disponible", "non renseigné", "no disponible", "non disponibile", "niet bekend", "niet beschikbaar",
    ];

    private const int Longest = 24; // no word is longer, and no number that equals 0 or 1 is written so

    private static readonly HashSet<string> s_ticks = ["x", "xx", "xxx", "✓", "✔", "☑", "☒", "×"];

    /// <summary>What a cell says.</summary>
    public static LabelWord Read(string cell)
    {
        // Most cells of a table are other texts.
        if (cell.Length is 0 or > Longest)
        {
            return cell.Length == 0 ? LabelWord.Unknown : LabelWord.Other;
        }

        string text = Normal(cell);
        return text switch
        {
            "" or "?" or "??" or "???" or "--" or "---" => LabelWord.Unknown,
            "1" => LabelWord.Present,
            "0" or "☐" => LabelWord.Absent,
            "+" => LabelWord.Plus,
            "-" => LabelWord.Dash,
            _ when MissingMarks.IsMark(cell) || s_unknown.Contains(text) => LabelWord.Unknown,
            _ when s_present.Contains(text) => LabelWord.Present,
            _ when s_absent.Contains(text) => LabelWord.Absent,
            _ when s_ticks.Contains(text) => LabelWord.Tick,
            // 1.0 is what a spreadsheet or data frame writes for 1 once a column has an empty cell, 1.000e+00 what a matrix becomes.
            _ => double.TryParse(cell.Replace(',', '.'), NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
                ? number switch
                {
                    0 => LabelWord.Absent,
                    1 => LabelWord.Present,
                    _ => LabelWord.Other,
                }
            : LabelWord.Other,
        };
    }

    /// <summary>
    /// Whether a cell that names something, such as a patient, says that nothing is known. Two letters may be initials, so they are a name.
    /// </summary>
    public static bool IsNoName(string cell) => MissingMarks.IsMark(cell) || Read(cell) == LabelWord.Dash
        || (Read(cell) == LabelWord.Unknown && (Normal(cell).Length > 3 || !cell.Any(char.IsLetter)));

    /// <summary>A cell without what does not matter: case, spaces around it, the dot of an abbreviation, the kind of its dash.</summary>
    public static string Normal(string cell)
    {
        if (cell.Length == 1 && char.IsAsciiDigit(cell[0]))
        {
            return cell;
        }

        string text = CanonicalLetters.Composed(cell).ToLowerInvariant().Trim().Replace('\u2010', '-').Replace('\u2011', '-')
            .Replace('\u2012', '-').Replace('\u2013', '-').Replace('\u2014', '-').Replace('\u2212', '-').Replace('\uFF0B', '+');
        return text.Length > 1 && text.EndsWith('.') ? text.TrimEnd('.') is { Length: > 0 } word ? word : text : text;
    }
}
