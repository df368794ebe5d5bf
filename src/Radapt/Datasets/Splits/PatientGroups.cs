namespace Radapt.Datasets.Splits;

/// <summary>
/// What a draw must not take apart: the images of a patient, and of an examination whose patient is unknown. An image of an examination of
/// which another image has a patient is that patient's.
/// </summary>
internal static class PatientGroups
{
    /// <summary>The group of every image.</summary>
    /// <param name="images">Patient, examination and name of each; null: unknown.</param>
    public static string[] For(IReadOnlyList<(string? Patient, string? Study, string Name)> images)
    {
        // An examination with several patients is not one: some tables call a trial so.
        Dictionary<string, string> patientOfStudy = images.Where(i => i is { Patient: not null, Study: not null })
            .GroupBy(i => i.Study!, i => i.Patient!, StringComparer.Ordinal)
            .Select(g => (Study: g.Key, Patients: g.Distinct(StringComparer.Ordinal).ToArray()))
            .Where(g => g.Patients.Length == 1)
            .ToDictionary(g => g.Study, g => g.Patients[0], StringComparer.Ordinal);
        return [.. images.Select(i => (i.Patient ?? (i.Study is { } s ? patientOfStudy.GetValueOrDefault(s) : null)) is { } patient
            ? "patient:" + patient
            : i.Study is { } study ? "study:" + study : "image:" + i.Name)];
    }

    /// <summary>The group of every row.</summary>
    public static string[] For(IReadOnlyList<LocatedRow> rows) => For([.. rows.Select(r => (r.Row.Patient, r.Row.Study, r.Row.Name))]);
}
