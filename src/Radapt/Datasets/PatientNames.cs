using Radapt.Imaging.Dicom;

namespace Radapt.Datasets;

/// <summary>Hides patients' names, their identifiers and accession numbers in file names that are shown, since people name files after them.</summary>
internal sealed class PatientNames
{
    private const int Shortest = 3; // shorter ones would hide half of every name

    private readonly string[] _hidden;

    /// <param name="identities">Headers of the files at hand.</param>
    /// <param name="others">What else must not be shown, such as a table's patients.</param>
    public PatientNames(IEnumerable<DicomIdentity> identities, IEnumerable<string> others)
    {
        IEnumerable<string> all = identities.SelectMany(i => i.PatientName.Split('^', '=', ' ').Append(i.PatientId).Append(i.AccessionNumber)).Concat(others).Select(t => t.Trim());
        _hidden = [.. all.Where(t => t.Length >= Shortest).Distinct(StringComparer.OrdinalIgnoreCase).OrderByDescending(t => t.Length)];
    }

    /// <summary>A file's name with <c>***</c> in place of what is a patient's.</summary>
    public string Hide(string name) => _hidden.Aggregate(name, (text, hidden) => text.Replace(hidden, "***", StringComparison.OrdinalIgnoreCase));
}
