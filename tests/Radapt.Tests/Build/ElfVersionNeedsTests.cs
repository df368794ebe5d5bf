namespace Radapt.Tests.Build;

public class ElfVersionNeedsTests
{
    private const string Version = "GLIBCXX_3.4.32";

    [Fact]
    public void Build_OnLinux_LeftTheNativeLibraryTreated()
    {
        string library = Path.Combine(AppContext.BaseDirectory, "libLibTorchSharp.so");
        Assert.SkipUnless(File.Exists(library), "only linux-x64 carries this library");
        byte[] elf = File.ReadAllBytes(library);
        List<int> places = ElfVersionNeeds.FlagOffsets(elf, Version);
        Assert.NotEmpty(places);
        Assert.All(places, place => Assert.Equal(2, elf[place] & 2));
    }

    [Fact]
    public void CopyWeakened_UntreatedLibrary_ChangesOneBitOfTheCopyOnly()
    {
        string library = Path.Combine(AppContext.BaseDirectory, "libLibTorchSharp.so");
        Assert.SkipUnless(File.Exists(library), "only linux-x64 carries this library");
        using var folder = new TemporaryFolder();
        byte[] untreated = File.ReadAllBytes(library);
        foreach (int place in ElfVersionNeeds.FlagOffsets(untreated, Version))
        {
            untreated[place] &= 0xfd;
        }

        File.WriteAllBytes(folder["package.so"], untreated);
        Assert.True(ElfVersionNeeds.CopyWeakened(folder["package.so"], folder["obj/output.so"], Version));
        Assert.Equal(1, File.ReadAllBytes(folder["obj/output.so"]).Zip(untreated).Count(pair => pair.First != pair.Second));
        Assert.Equal(untreated, File.ReadAllBytes(folder["package.so"]));
        Assert.False(ElfVersionNeeds.CopyWeakened(folder["obj/output.so"], folder["obj/again.so"], Version));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a text file, much longer than the header of an ELF file would be, but no such thing at all")]
    public void CopyWeakened_OtherFile_IsCopiedAsItIs(string content)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["other.so"], content);
        Assert.False(ElfVersionNeeds.CopyWeakened(folder["other.so"], folder["copy.so"], Version));
        Assert.Equal(content, File.ReadAllText(folder["copy.so"]));
    }
}
