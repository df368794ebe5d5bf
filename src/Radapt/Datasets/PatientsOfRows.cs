namespace Radapt.Datasets;

/// <summary>
/// Whose image each is where both the table and the image's header tell: they are compared by <see cref="PatientSpellings.Key"/>. Table and
/// headers may call a patient differently, such as by a pseudonym; but a value of one that stands for several patients of the other means
/// that one of them does not tell patients, and one patient could come into two splits.
/// </summary>
internal static class PatientsOfRows
{
    /// <summary>Gives every row its patient.</summary>
    /// <param name="rows">Rows with the table's patients, which are replaced.</param>
    /// <param name="o">Which of the two is right.</param>
    /// <param name="column">The table's column of patients.</param>
    /// <param name="isCheck">A contradiction is returned instead of refused; the table's patients are used.</param>
    /// <returns>How table and headers contradict each other, with counts and without names; null: they agree.</returns>
    /// <exception cref="RadaptException">Table and headers contradict each other.</exception>
    public static string? DecideInPlace(List<LocatedRow> rows, DataOptions o, string? column, bool isCheck)
    {
        string? found = null;
        Dictionary<string, SortedSet<string>> headersOf = Partners(rows, r => r.Row.Patient, r => r.HeaderPatient);
        Dictionary<string, SortedSet<string>> valuesOf = Partners(rows, r => r.HeaderPatient, r => r.Row.Patient);
        int split = valuesOf.Values.Count(v => v.Count > 1);
        int joined = headersOf.Values.Count(h => h.Count > 1);
        if (o.Patients is null && split + joined > 0)
        {
            LocatedRow first = rows.First(r => r is { Row.Patient: { } value, HeaderPatient: { } header }
                && (valuesOf[PatientSpellings.Key(header)].Count > 1 || headersOf[PatientSpellings.Key(value)].Count > 1));
            string said = $"column '{column}' and the PatientID of the DICOM headers disagree about patients: "
                + $"{Plural.Count(split, "patient")} of the headers {(split == 1 ? "has" : "have")} several values in the table, "
                + $"{Plural.Count(joined, "value")} of the table {(joined == 1 ? "belongs" : "belong")} to several patients of the headers "
                + $"(of {Plural.Count(valuesOf.Count, "patient")} and {Plural.Count(headersOf.Count, "value")}; "
                + $"first in line {first.Row.Line})";
            if (!isCheck)
            {
                throw new RadaptException(
                    $"{first.File}: {said}. Give --patients header or --patients table, whichever is right, or --patient-column NAME if "
                        + "the patients are in another column. If rows were matched to the wrong files, give --image-column and --match.");
            }

            found = $"{said}; finetune needs --patients header or --patients table";
        }

        bool isByHeader = o.Patients == PatientSource.Header;
        for (int i = 0; i < rows.Count; i++)
        {
            (string? table, string? header) = (rows[i].Row.Patient, rows[i].HeaderPatient);
            string? patient = isByHeader ? header ?? Told(headersOf, table) ?? table : table ?? Told(valuesOf, header) ?? header;
            if (patient != table)
            {
                rows[i] = rows[i] with { Row = rows[i].Row with { Patient = patient } };
            }
        }

        return found;
    }

    // What the other source calls a patient, if that is one thing.
    private static string? Told(Dictionary<string, SortedSet<string>> partners, string? patient) =>
        patient is not null && partners.TryGetValue(PatientSpellings.Key(patient), out SortedSet<string>? others) && others.Count == 1
            ? others.Min : null;

    // By key; of partners that are the same patient, the first spelling in ordinal order is kept.
    private static Dictionary<string, SortedSet<string>> Partners(
        List<LocatedRow> rows, Func<LocatedRow, string?> of, Func<LocatedRow, string?> with)
    {
        var partners = new Dictionary<string, Dictionary<string, string>>(StringComparer.Ordinal);
        foreach (LocatedRow row in rows)
        {
            if (of(row) is { } one && with(row) is { } other)
            {
                string key = PatientSpellings.Key(one);
                Dictionary<string, string> known = partners.TryGetValue(key, out Dictionary<string, string>? some) ? some
                    : partners[key] = new(StringComparer.Ordinal);
                string otherKey = PatientSpellings.Key(other);
                known[otherKey] = known.TryGetValue(otherKey, out string? spelling) && string.CompareOrdinal(spelling, other) < 0
                    ? spelling : other;
            }
        }

        return partners.ToDictionary(p => p.Key, p => new SortedSet<string>(p.Value.Values, StringComparer.Ordinal),
            StringComparer.Ordinal);
    }
}
