using Radapt.Adaptation.Files;
using Radapt.Tests.Adaptation;

namespace Radapt.Tests;

/// <summary>K17: what is there is not replaced unasked, and an input of the same command never.</summary>
public sealed class OutputFileTests
{
    [Fact]
    public void RequireNew_FileThatIsThere_IsRefusedUnlessItMayBeReplaced()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["there.csv"], "mine");
        Assert.Contains("--overwrite", Assert.Throws<RadaptException>(
            () => OutputFile.RequireNew(folder["there.csv"], overwrite: false)).Message, StringComparison.Ordinal);
        Assert.Contains("folder", Assert.Throws<RadaptException>(
            () => OutputFile.RequireNew(folder["no/such.csv"], overwrite: true)).Message, StringComparison.Ordinal);
        Assert.Throws<RadaptException>(() => OutputFile.RequireNew(folder.Path, overwrite: true));
        OutputFile.RequireNew(folder["there.csv"], overwrite: true);
        OutputFile.RequireNew(folder["new.csv"], overwrite: false);
    }

    [Fact]
    public void RequireNoInput_InputByAnotherName_IsRefused()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["data"]);
        File.WriteAllText(folder["data/labels.csv"], "");
        File.WriteAllText(folder["data/other.csv"], "");
        string[] names = ["data/labels.csv", "data/../data/labels.csv"];
        if (!OperatingSystem.IsWindows())
        {
            File.CreateSymbolicLink(folder["link.csv"], "data/labels.csv");
            Directory.CreateSymbolicLink(folder["elsewhere"], folder["data"]);
            names = [.. names, "link.csv", "elsewhere/labels.csv"];
        }

        foreach (string input in new[] { folder["data/labels.csv"], folder["data"] })
        {
            Assert.All(names, n => Assert.Throws<RadaptException>(() => OutputFile.RequireNoInput(folder[n], "-o", input)));
            OutputFile.RequireNoInput(folder["data/other.csv"], "-o", input);
        }
    }

    [Fact]
    public void Write_OntoBaseWeightsOrAdapter_IsRefusedAndLeavesThem()
    {
        using var saved = new SavedAdapter();
        byte[][] before = [File.ReadAllBytes(saved.Base), File.ReadAllBytes(saved.Adapter)];
        foreach (string target in new[] { saved.Base, saved.Adapter })
        {
            Assert.Contains("an input of this command",
                Assert.Throws<RadaptException>(() => AdapterMerge.Run(saved.Adapter, target)).Message, StringComparison.Ordinal);
            RadaptException import = Assert.Throws<RadaptException>(() => AdapterImport.Run(new ImportRequest(Exported(saved), target)
            {
                Weights = target,
            }));
            Assert.Contains("an input of this command", import.Message, StringComparison.Ordinal);
        }

        Assert.Throws<RadaptException>(() => AdapterImport.Run(new ImportRequest(Exported(saved), saved["there.safetensors"])
        {
            Weights = saved.Base,
            Overwrite = false,
        }));
        Assert.Equal(before, [File.ReadAllBytes(saved.Base), File.ReadAllBytes(saved.Adapter)]);
    }

    private static string Exported(SavedAdapter saved)
    {
        AdapterExport.ToPeft(saved.Adapter, saved["peft"]);
        File.WriteAllText(saved["there.safetensors"], "mine");
        return saved["peft"];
    }
}
