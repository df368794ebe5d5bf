using Radapt.Imaging.Dicom;
using Radapt.Imaging.Dicom.Writing;

namespace Radapt.Pacs.Results;

/// <summary>A code of a terminology and what it means.</summary>
/// <param name="Value">The code.</param>
/// <param name="Scheme">Whose code it is: <c>SCT</c> (SNOMED CT), <c>DCM</c>, <c>RADLEX</c>, <c>UCUM</c>, … (PS3.16, section 8).</param>
/// <param name="Meaning">For people.</param>
internal sealed record CodedConcept(string Value, string Scheme, string Meaning)
{
    /// <summary>The scheme of codes that only Radapt uses.</summary>
    public const string OwnScheme = "99RADAPT";

    private const int MostCharacters = 16; // longer codes have an element of their own

    /// <summary>The code as an item of a sequence (PS3.3, table 8.8-1).</summary>
    public WrittenDataSet ToItem() => new WrittenDataSet()
        .Text(Value.Length <= MostCharacters ? DicomTag.CodeValue : ResultTag.LongCodeValue,
            Value.Length <= MostCharacters ? "SH" : "UC", Value)
        .Text(ResultTag.CodeScheme, "SH", Scheme)
        .Text(ResultTag.CodeMeaning, "LO", OwnText.Fit(Meaning, 64));
}
