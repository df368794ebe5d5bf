using System.Text;
using Radapt.Studies.Design;

namespace Radapt.Tests.Studies.Design;

/// <summary>Studies as texts.</summary>
internal static class StudyTesting
{
    /// <summary>What a small grid has in common.</summary>
    public const string Small = """
        options: {data: images, weights: w.pth}
        method: [lora, full]
        fraction: [10%, 100%]
        """;

    public static StudyPlaces Places { get; } = new("/recipes", "/data", "/weights", "/out");

    public static StudyDesign Read(string text) => StudyReader.Read(new MemoryStream(Encoding.UTF8.GetBytes(text)), "my.yaml");

    public static IReadOnlyList<StudyCell> Cells(string text) => StudyExpansion.Expand(Read(text), Places);

    public static StudyCell Cell(string text, string name) => Cells(text).Single(c => c.Name == name);

    public static string Error(string text) => Assert.Throws<RadaptException>(() => Cells(text)).Message;

    /// <summary>The text of an option of a cell; null: nobody gives it.</summary>
    public static string? Given(this StudyCell cell, string option) => cell.Given.Find(option)?.Text;
}
