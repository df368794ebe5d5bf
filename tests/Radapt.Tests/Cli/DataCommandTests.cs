namespace Radapt.Tests.Cli;

[Collection(WholeCommands.Name)]
public sealed class DataCommandTests(TinyRun tiny)
{
    [Fact]
    public async Task PhantomsThenPreview_OfTheRecipeForAdamW_DrawAContactSheet()
    {
        RadaptResult made =
            (await RadaptProcess.Run(tiny.Folder, "data", "phantoms", "--count", "30", "--size", "48", "--seed", "2", "--json",
                "made")).Expect(0);
        Assert.Equal(30, (int)made.Json["images"]!);
        RadaptResult sheet = (await RadaptProcess.Run(
            tiny.Folder, "data", "preview", "--data", "made", "--image-size", "48", "--augment", "randaugment-erasing", "--out",
                "sheet.png", "--json")).Expect(0);
        Assert.True(File.Exists((string)sheet.Json["file"]!));
        Assert.Equal(6, sheet.Json["rows"]!.AsArray().Count);
    }

    [Theory]
    [InlineData("--findings", "Fracture", "Cardiomegaly")]
    [InlineData("--difficulty", "hard", "easy, normal")]
    [InlineData("--size", "4", "16 to 4096")]
    public async Task Phantoms_BadOption_IsOneLine(string option, string value, string expected)
    {
        RadaptResult result = (await RadaptProcess.Run(tiny.Folder, "data", "phantoms", option, value, "never")).Expect(2);
        Assert.Contains(expected, Assert.Single(result.Error.TrimEnd().Split('\n')), StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(tiny.Folder, "never")));
    }

    [Fact]
    public async Task Group_WithoutCommand_SaysSo() => (await RadaptProcess.Run(tiny.Folder, "data")).Expect(2);
}
