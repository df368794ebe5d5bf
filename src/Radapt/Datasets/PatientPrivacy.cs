using Radapt.Datasets.Matching;
using Radapt.Datasets.Tables;
using Radapt.Imaging.Dicom;

namespace Radapt.Datasets;

/// <summary>
/// Decides, once for all of the data, what messages call its images. People name files after patients, in any script, so no list of names
/// to
/// hide is ever complete: where the data knows patients (a patient column, or DICOM headers), no file name is shown at all. The row of the
/// table says as much. <c>--plain-names</c> shows names as they are.
/// </summary>
internal static class PatientPrivacy
{
    /// <summary>
    /// Whether the images are of known patients: the table names patients, or a file is DICOM by its content or its name.
    /// </summary>
    public static bool KnowsPatients(IReadOnlyList<LocatedRow> rows) =>
        rows.Any(r => r.Row.Patient is not null) || rows.Any(r => DicomReader.HasDicomName(r.Path))
        || rows.AsParallel().Any(r => r.Exists && DicomReader.IsDicomFile(r.Path));

    /// <summary>
    /// Whether names that were not looked up yet may be patients': those of a table that names patients, and those that are not clearly PNG
    /// or JPEG.
    /// </summary>
    public static bool MayName(IEnumerable<LabelRow> rows) => rows.Any(r => r.Patient is not null || !ImageNames.IsPngOrJpeg(r.Name));

    /// <summary>Settles for every row what messages call its image.</summary>
    /// <param name="parts">Rows of all parts, which are replaced.</param>
    /// <param name="plainNames">Names are shown whatever they are.</param>
    /// <returns>Whether the data knows patients.</returns>
    public static bool DecideInPlace(IReadOnlyList<List<LocatedRow>> parts, bool plainNames)
    {
        bool knows = KnowsPatients([.. parts.SelectMany(p => p)]);
        foreach (List<LocatedRow> part in parts)
        {
            for (int i = 0; i < part.Count; i++)
            {
                part[i] = part[i] with { IsPrivate = knows && !plainNames };
            }
        }

        return knows;
    }
}
