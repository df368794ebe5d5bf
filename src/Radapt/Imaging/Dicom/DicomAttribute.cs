using System.Globalization;

namespace Radapt.Imaging.Dicom;

/// <summary>Attributes of DICOM headers by which images are grouped. None of them tells who the patient is.</summary>
internal static class DicomAttribute
{
    private static readonly Dictionary<string, Func<DicomDataSet, string>> s_values = new(StringComparer.OrdinalIgnoreCase)
    {
        ["PatientSex"] = set => set.FirstText(DicomTag.PatientSex).ToUpperInvariant(),
        ["PatientAge"] = set => Years(set.FirstText(DicomTag.PatientAge)),
        ["Manufacturer"] = set => set.FirstText(DicomTag.Manufacturer),
        ["View"] = set => DicomHeader.ViewOf(set) is DicomView.Unknown ? "" : set.FirstText(DicomTag.ViewPosition).ToUpperInvariant(),
    };

    /// <summary>The attributes that can be read.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. s_values.Keys];

    /// <summary>Whether an attribute of this name can be read; capitals do not matter.</summary>
    public static bool IsKnown(string name) => s_values.ContainsKey(name);

    /// <summary>The value of an attribute in a file's header; an age in whole years.</summary>
    /// <param name="path">The file.</param>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <returns>Null: not stated, or the file is not DICOM.</returns>
    /// <exception cref="RadaptException">The file is missing or damaged.</exception>
    public static string? Read(string path, string name) => !DicomReader.IsDicomFile(path) ? null
        : DicomReader.ReadValue(path, set => s_values[name](set)) is { Length: > 0 } value ? value : null;

    /// <summary>Whole years of an age such as 063Y, 011M, 002W or 010D (PS3.5, VR AS); empty: it is none.</summary>
    public static string Years(string age)
    {
        if (age.Length < 2 || !int.TryParse(age.AsSpan(0, age.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out int number))
        {
            return "";
        }

        int? years = char.ToUpperInvariant(age[^1]) switch
        {
            'Y' => number,
            'M' => number / 12,
            'W' => number / 52,
            'D' => number / 365,
            _ => null,
        };
        return years?.ToString(CultureInfo.InvariantCulture) ?? "";
    }
}
