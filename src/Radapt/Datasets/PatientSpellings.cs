using Radapt.Datasets.Matching;

namespace Radapt.Datasets;

/// <summary>
/// One patient is one patient however the identifier is spelled: as text <c>00001</c> and as the number 1, in capitals or not, with
/// composed or
/// decomposed letters, with blanks around or several within. Tables, workbooks and headers differ in all of these.
/// </summary>
/// <remarks>
/// Numbers are told without their leading zeros even where a column has both <c>01</c> and <c>1</c> as text. If these were two patients,
/// keeping
/// them in one part would cost nothing; taking one patient for two would put images that were learned from among those that measure.
/// </remarks>
internal static class PatientSpellings
{
    /// <summary>What all spellings of a patient have in common. For comparison only: it is not how anybody writes the identifier.</summary>
    public static string Key(string patient)
    {
        string text = string.Join(' ', patient.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        text = CanonicalLetters.Decomposed(HalfWidth(text)).ToUpperInvariant();
        return ImageNames.Digits(text) is { } digits ? digits : text;
    }

    /// <summary>Gives every patient of a table the same spelling in all rows: of those that occur, the first in ordinal order.</summary>
    public static IReadOnlyList<LocatedRow> Unify(IReadOnlyList<LocatedRow> rows, ICollection<string> notes)
    {
        List<LocatedRow>[] parts = [[.. rows]];
        UnifyInPlace(parts, notes);
        return parts[0];
    }

    /// <summary>The same for several parts at once, whose rows are replaced; what was joined is noted by lines, never by name.</summary>
    public static void UnifyInPlace(IReadOnlyList<List<LocatedRow>> parts, ICollection<string> notes)
    {
        var spellings = new Dictionary<string, SortedSet<string>>(StringComparer.Ordinal);
        foreach (string patient in parts.SelectMany(p => p).Select(r => r.Row.Patient).OfType<string>())
        {
            string key = Key(patient);
            (spellings.TryGetValue(key, out SortedSet<string>? known) ? known
                : spellings[key] = new SortedSet<string>(StringComparer.Ordinal)).Add(patient);
        }

        int joined = spellings.Values.Count(s => s.Count > 1);
        if (joined == 0)
        {
            return;
        }

        LocatedRow? first = null;
        foreach (List<LocatedRow> part in parts)
        {
            for (int i = 0; i < part.Count; i++)
            {
                if (part[i].Row.Patient is { } patient && spellings[Key(patient)].Min is { } one && one != patient)
                {
                    first ??= part[i];
                    part[i] = part[i] with { Row = part[i].Row with { Patient = one } };
                }
            }
        }

        notes.Add(
            $"{Count(joined)} spelled in several ways (case, blanks, leading zeros, text or number; first in "
                + $"{Path.GetFileName(first!.File)}, line {first.Row.Line}): each is taken as one patient.");
    }

    private static string Count(int patients) => patients == 1 ? "1 patient is" : $"{patients} patients are";

    // Full-width letters, digits and signs, as Japanese systems write them, are ASCII moved to U+FF01.
    private static string HalfWidth(string text) => string.Create(text.Length, text, static (half, full) =>
    {
        for (int i = 0; i < half.Length; i++)
        {
            half[i] = full[i] is >= '\uFF01' and <= '\uFF5E' ? (char)(full[i] - 0xFEE0) : full[i];
        }
    });
}
