namespace Radapt.Datasets.Matching;

/// <summary>By what rows of a table are matched to files, in the order of preference.</summary>
internal enum MatchKind
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

/// <summary>The names of the kinds on the command line and in recipes.</summary>
internal static class MatchKinds
{
    public static IReadOnlyList<string> Names { get; } = ["path", "stem", "sop-uid", "accession", "patient-date"];

    public static MatchKind Parse(string name) => (MatchKind)Names.ToList().IndexOf(name);

    public static string Name(this MatchKind kind) => Names[(int)kind];

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
