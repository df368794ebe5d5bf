using Radapt.Datasets;
using Radapt.Datasets.Matching;

namespace Radapt.Tests.Datasets.Matching;

/// <summary>WORKFLOW C5: case does not matter, also where the file system tells it apart.</summary>
public sealed class FileSpellingsTests : IDisposable
{
    private readonly LabelFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("images/phantom1.PNG")]
    [InlineData("IMAGES/PHANTOM1.PNG")]
    [InlineData("Images\\Phantom1.png")]
    [InlineData("./images/phantom1.png")]
    public void ReadOne_OtherCase_FindsTheFile(string name)
    {
        string table = _folder.Images("images/phantom1.png", "images/phantom2.png")
            .Write("labels.csv", $"image,f\n{name},1\nimages/phantom2.png,0\n");
        Assert.Equal([_folder["images/phantom1.png"], _folder["images/phantom2.png"]],
            DataReader.ReadOne(table, new DataOptions()).Items.Select(i => i.Path));
        Assert.Equal(2, DataReader.ReadOne(table, new DataOptions { Match = MatchKind.Path }).Items.Count);
    }

    [Fact]
    public void Find_NamesThatDifferOnlyInCase_FindsNoneUnlessSpelledRight()
    {
        _folder.Images("a/X.png", "a/x.png", "a/M\u00FCller.png");
        var spellings = new FileSpellings();
        Assert.Equal(_folder["a/X.png"], spellings.Find(_folder.Path, "a/X.png"));
        Assert.Equal(_folder["a/x.png"], spellings.Find(_folder.Path, "A/x.png"));
        Assert.Null(spellings.Find(_folder.Path, "a/x.PNG"));
        Assert.Equal(_folder["a/M\u00FCller.png"], spellings.Find(_folder.Path, "a/MU\u0308LLER.png"));
        Assert.Null(spellings.Find(_folder.Path, "a/none.png"));
        Assert.Null(spellings.Find(_folder.Path, "a"));
    }
}
