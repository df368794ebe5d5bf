using Radapt.Imaging.Dicom;
using Radapt.Imaging.Dicom.Writing;

namespace Radapt.Pacs.Results;

/// <summary>
/// Who made a result: this program and one run. What a result's identifiers depend on is here too: the same image, run, settings and
/// version give the same identifiers, so that an archive knows a repeated result for the one that it has.
/// </summary>
/// <param name="Version">Of the program.</param>
/// <param name="Model">What the model is, such as <c>LoRA on ViT-B/16</c>.</param>
/// <param name="Identity">Hash of all that decides a result except the image: adapters, rules, codes, settings.</param>
internal sealed record ResultAuthor(string Version, string Model, string Identity)
{
    /// <summary>Manufacturer, as archives show it.</summary>
    public const string Manufacturer = "Radapt";

    /// <summary>What every result says.</summary>
    public const string Intent = "For research use only. Not for clinical decisions.";

    private const int ShownCharacters = 12; // of the identity

    /// <summary>Program and run, such as <c>0.1.0 (3fa91c0d22ab)</c>.</summary>
    public string Versions => $"{Version} ({Identity[..Math.Min(ShownCharacters, Identity.Length)]})";

    /// <summary>The identifier of a thing that this author makes.</summary>
    /// <param name="kind">What it is.</param>
    /// <param name="about">What it is about, such as the identifier of the source image.</param>
    public string Uid(string kind, params IEnumerable<string> about) =>
        DicomUid.FromNames([Manufacturer, Version, Identity, kind, .. about]);

    /// <summary>Adds the elements of the equipment (PS3.3, C.7.5.1).</summary>
    public void AddTo(WrittenDataSet result) => result
        .Text(DicomTag.Manufacturer, "LO", Manufacturer)
        .Text(DicomTag.ManufacturerModel, "LO", OwnText.Fit(Model, 64))
        .Text(ResultTag.SoftwareVersions, "LO", OwnText.Fit(Versions, 64));
}
