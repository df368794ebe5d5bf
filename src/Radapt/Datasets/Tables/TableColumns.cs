using Radapt.Datasets.Matching;

namespace Radapt.Datasets.Tables;

/// <summary>Where a label table has what is not a finding; -1: nowhere.</summary>
/// <param name="Image">What names the image: a file, or what its header has.</param>
/// <param name="Patient">Whose image it is.</param>
/// <param name="Split"><c>train</c>, <c>val</c> or <c>test</c>.</param>
/// <param name="View">Projection.</param>
/// <param name="Study">The examination.</param>
/// <param name="Date">The day of the examination.</param>
/// <param name="Fold">The fold of a cross-validation, from 1.</param>
internal sealed record TableColumns(int Image, int Patient, int Split, int View, int Study, int Date, int Fold)
{
    // In the order of preference; compared without case, spaces and signs. Columns of names are not among them: two people may have one.
    private static readonly string[] s_patient =
    [
        "patient", "patientid", "patientsid", "patid", "patientenid", "patientennr", "patientennummer", "patientnr", "patientno",
        "patientnumber", "patientnum", "patientnummer", "patnr", "patno", "patientidentifier", "patientpseudonym", "pseudonym", "mrn",
        "medicalrecordnumber", "subject", "subjectid", "subjectno", "idpatient", "idpat", "numpatient", "numéropatient", "ipp",
        "pacienteid", "idpaciente", "paciente", "historiaclínica", "nhc", "pazienteid", "idpaziente", "paziente", "patiëntid",
        "patiëntnummer", "patiëntnr", "patiënt",
    ];

    private static readonly string[] s_date =
    [
        "studydate", "examdate", "examinationdate", "dateofexam", "dateofexamination", "dateofstudy", "acquisitiondate", "imagedate",
        "scandate", "untersuchungsdatum", "studiendatum", "aufnahmedatum", "röntgendatum", "datumderuntersuchung", "datumuntersuchung",
        "dateexamen", "datedelexamen", "datedexamen", "dateétude", "fechaestudio", "fechadelestudio", "fechaexamen", "fechaexploración",
        "dataesame", "datadellesame", "datastudio", "onderzoeksdatum", "datumonderzoek", "dataexame", "dataestudo", "date", "datum",
        "fecha", "data", "dato",
    ];

    /// <summary>Finds them by their names, in which case, spaces and signs do not matter.</summary>
    public static TableColumns Find(CsvCells cells) => new(
        Find(cells, "image"), Find(cells, s_patient), FindSplit(cells), Find(cells, "view", "viewposition"),
            Find(cells, "study", "studyinstanceuid"), Find(cells, s_date), Find(cells, "fold"));

    /// <summary>The same, with the columns that options name.</summary>
    /// <exception cref="RadaptException">There is no such column.</exception>
    public static TableColumns Find(CsvCells cells, DataOptions o)
    {
        TableColumns found = Find(cells);
        return found with
        {
            Patient = o.PatientColumn is { } patient ? LabelTable.Find(cells, patient, "--patient-column") : found.Patient,
            Date = o.DateColumn is { } date ? LabelTable.Find(cells, date, "--date-column") : found.Date,
        };
    }

    /// <summary>All of them, so that none is taken for a finding.</summary>
    public IReadOnlyList<int> All => [Image, Patient, Split, View, Study, Date, Fold];

    /// <summary>Each with its name in messages.</summary>
    public IEnumerable<(string Role, int Column)> Named() =>
        [("image", Image), ("patient", Patient), ("date", Date), ("study", Study), ("view", View), ("split", Split), ("fold", Fold)];

    // By its name in English, else the only column that holds names of parts and nothing else, such as "Aufteilung": a split that the table
    // has must not be drawn again unseen.
    private static int FindSplit(CsvCells cells)
    {
        int named = Find(cells, "split");
        int[] alike = named >= 0 ? [] : [.. Enumerable.Range(0, cells.Header.Count)
            .Where(c => cells.Header[c].Length > 0 && IsSplit(cells, c))];
        return named >= 0 ? named : alike.Length == 1 ? alike[0] : -1;
    }

    private static bool IsSplit(CsvCells cells, int column)
    {
        var parts = new HashSet<string>();
        foreach ((int _, string[] row) in cells.Rows)
        {
            if (SplitNames.Part(row[column]) is { } part)
            {
                parts.Add(part);
            }
            else if (LabelWords.Read(row[column]) != LabelWord.Unknown)
            {
                return false;
            }
        }

        return parts.Count > 1 && parts.Contains(Datasets.Split.Names[0]);
    }

    private static int Find(CsvCells cells, params string[] names)
    {
        string[] header = [.. cells.Header.Select(h =>
            string.Concat(CanonicalLetters.Composed(h).Where(char.IsLetterOrDigit)).ToLowerInvariant())];
        return names.Select(n => Array.IndexOf(header, n)).FirstOrDefault(i => i >= 0, -1);
    }
}
