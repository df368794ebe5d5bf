namespace Radapt.Datasets.Matching;

/// <summary>By what rows of a table are matched to files, in the order of preference.</summary>
public enum MatchKind
{
    /// <summary>The file's path: relative to the image root, or one that ends like it.</summary>
    Path,

    /// <summary>The file's name without its ending.</summary>
    Stem,

    /// <summary>The header's SOPInstanceUID.</summary>
    SopUid,

    /// <summary>The header's AccessionNumber, which all images of an examination share.</summary>
    Accession,

    /// <summary>The header's PatientID and StudyDate together, which all images of that day share.</summary>
    PatientDate,
}

/// <summary>The kinds in words.</summary>
internal static class MatchKinds
{
    /// <summary>In a sentence: <c>matched by …</c>.</summary>
    public static string InWords(this MatchKind kind) => kind switch
    {
        MatchKind.Path => "path",
        MatchKind.Stem => "file name without ending",
        MatchKind.SopUid => "SOPInstanceUID",
        MatchKind.Accession => "AccessionNumber",
        _ => "PatientID and StudyDate",
    };

    /// <summary>Whether all images of an examination have the same value.</summary>
    public static bool IsOfStudy(this MatchKind kind) => kind is MatchKind.Accession or MatchKind.PatientDate;
}
