namespace Radapt.Tests;

/// <summary>K8: what files say is shown as what it is.</summary>
public sealed class PrintableTextTests
{
    [Theory]
    [InlineData("txt\u202Efdp.exe", @"txt\u202Efdp.exe")]
    [InlineData("a\u2066b\u2069\u200E\u200F\u061C", @"a\u2066b\u2069\u200E\u200F\u061C")]
    [InlineData("line\u2028break", @"line\u2028break")]
    [InlineData("\u001B[2Jred\u009B31m", " [2Jred 31m")]
    // a joiner is spelling
    [InlineData("\u0645\u06CC\u200C\u062E\u0648\u0627\u0647\u0645", "\u0645\u06CC\u200C\u062E\u0648\u0627\u0647\u0645")]
    public void Escape_MarksAndControls_AreVisible(string text, string expected) => Assert.Equal(expected, PrintableText.Escape(text));

    [Fact]
    public void EscapeMarks_Json_StaysTheSameJson()
    {
        string json = PrintableText.EscapeMarks("{\n\"a\u202Eb\": 1}");
        Assert.DoesNotContain('\u202E', json);
        Assert.Equal(1, (int)System.Text.Json.Nodes.JsonNode.Parse(json)!["a\u202Eb"]!);
    }
}
