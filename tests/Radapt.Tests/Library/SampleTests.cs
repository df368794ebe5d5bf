namespace Radapt.Tests.Library;

/// <summary>samples/ shows what docs/library.md shows; samples/run builds and runs it from the packages.</summary>
public class SampleTests
{
    [Fact]
    public void FirstAdapter_HoldsTheExampleOfTheDocument()
    {
        string document = File.ReadAllText(Path.Combine(Repository.Root, "docs", "library.md"));
        string[] example = document.Split("```csharp\n")[1].Split("```")[0].Split('\n');
        string[] sample = File.ReadAllLines(Path.Combine(Repository.Root, "samples", "FirstAdapter", "Program.cs"));
        Assert.NotEmpty(example);
        Assert.Equal([], example.Except(sample));
    }

    [Fact]
    public void FirstAdapter_ReferencesTheVersionThatIsBuilt()
    {
        string project = File.ReadAllText(Path.Combine(Repository.Root, "samples", "FirstAdapter", "FirstAdapter.csproj"));
        string version = typeof(RadaptException).Assembly.GetName().Version!.ToString(3);
        Assert.Contains($"<PackageReference Include=\"Radapt\" Version=\"{version}\" />", project, StringComparison.Ordinal);
    }
}
