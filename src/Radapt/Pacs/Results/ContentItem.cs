using System.Globalization;
using Radapt.Imaging.Dicom.Writing;

namespace Radapt.Pacs.Results;

/// <summary>Items of the content tree of a structured report (PS3.3, C.17.3), by their relationship to the item above them.</summary>
internal static class ContentItem
{
    public const string Contains = "CONTAINS";
    public const string HasModifier = "HAS CONCEPT MOD";
    public const string HasContext = "HAS OBS CONTEXT";

    private const int MostText = 1024; // as much as viewers show; the standard allows more

    /// <summary>A container of other items; without a relationship the root.</summary>
    public static WrittenDataSet Container(CodedConcept name, string? relationship, IEnumerable<WrittenDataSet> items) =>
        Item("CONTAINER", name, relationship).Text(ResultTag.ContinuityOfContent, "CS", "SEPARATE").Sequence(ResultTag.Content, items);

    /// <summary>A text.</summary>
    public static WrittenDataSet Text(CodedConcept name, string relationship, string text) =>
        Item("TEXT", name, relationship).Text(ResultTag.TextValue, "UT", OwnText.Fit(text, MostText));

    /// <summary>A code.</summary>
    public static WrittenDataSet Code(CodedConcept name, string relationship, CodedConcept value) =>
        Item("CODE", name, relationship).Sequence(ResultTag.ConceptCode, value.ToItem());

    /// <summary>A unique identifier.</summary>
    public static WrittenDataSet UidReference(CodedConcept name, string relationship, string uid) =>
        Item("UIDREF", name, relationship).Text(ResultTag.Uid, "UI", uid);

    /// <summary>A share, 0 to 1, in percent.</summary>
    public static WrittenDataSet Percent(CodedConcept name, string relationship, double share) =>
        Item("NUM", name, relationship).Sequence(ResultTag.MeasuredValue, new WrittenDataSet()
            .Text(ResultTag.NumericValue, "DS", (100 * share).ToString("0.####", CultureInfo.InvariantCulture))
            .Sequence(ResultTag.MeasurementUnits, Concept.Percent.ToItem()));

    /// <summary>A reference to an image.</summary>
    public static WrittenDataSet Image(CodedConcept? name, string relationship, SourceInstance image) =>
        Item("IMAGE", name, relationship).Sequence(ResultTag.ReferencedSop, Reference(image));

    /// <summary>Class and identifier of an image, as an item of a sequence.</summary>
    public static WrittenDataSet Reference(SourceInstance image) => new WrittenDataSet()
        .Text(ResultTag.ReferencedSopClass, "UI", image.SopClassUid)
        .Text(ResultTag.ReferencedSopInstance, "UI", image.SopInstanceUid);

    private static WrittenDataSet Item(string type, CodedConcept? name, string? relationship)
    {
        WrittenDataSet item = new WrittenDataSet().Text(ResultTag.ValueType, "CS", type);
        if (relationship is not null)
        {
            item.Text(ResultTag.RelationshipType, "CS", relationship);
        }

        return name is null ? item : item.Sequence(ResultTag.ConceptName, name.ToItem());
    }
}
