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
        _ => "AccessionNumber",
    };
}
