namespace Radapt.Tests.Build;

public class GitAttributesTests
{
    // issue 15: with core.autocrlf a checkout on Windows changed the documents and fixtures that tests compare
    [Fact]
    public void Attributes_OfTheRepository_KeepLineEndsAndBinaryFiles()
    {
        string[] lines = File.ReadAllLines(Path.Combine(Repository.Root, ".gitattributes"));
        Assert.Contains("* text=auto eol=lf", lines);
        string[] binary = [".dcm", ".pth", ".safetensors", ".png"];
        Assert.All(binary, ending => Assert.Contains($"*{ending} binary", lines));
    }
}
