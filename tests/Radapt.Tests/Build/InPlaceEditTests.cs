using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Radapt.Tests.Build;

/// <summary>No tensor of another's is changed in place: see Compute.Arithmetic.</summary>
public class InPlaceEditTests
{
    [Theory]
    [InlineData("src")]
    [InlineData("bench")]
    public void Sources_TensorsOfOthers_AreNotChangedInPlace(string folder)
    {
        string root = Path.Combine(Repository.Root, folder);
        string[] files = [.. Directory.EnumerateFiles(root, "*.cs", SearchOption.AllDirectories)
            .Where(f => !f.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))];
        Assert.NotEmpty(files);
        Assert.Empty(
            files.SelectMany(f => InPlaceEdits.Violations(File.ReadAllText(f), Path.GetFileName(f) == "Arithmetic.cs")
                .Select(v => $"{Path.GetRelativePath(root, f)}, {v}")));
    }

    [Theory]
    [InlineData("a.add_(b, one);", "add_")]
    [InlineData("a.copy_(b);", "copy_")]
    [InlineData("return projection.Plain(x).AddInPlace(update);", "AddInPlace on the result of Plain")]
    [InlineData("return Forward(x).AddInPlace(update);", "AddInPlace on the result of Forward")]
    [InlineData("return kernels.Linear(x).view(2, 3).ScaleInPlace(2).AddInPlace(update);", "ScaleInPlace on the result of Linear")]
    [InlineData("Tensor y = projection.Plain(x); y.FillInPlace(0);", "FillInPlace on the result of Plain")]
    [InlineData("using Tensor y = (c ? x : f.Pool(x)!); y.AddInPlace(b);", "AddInPlace on the result of Pool")]
    public void Violations_EditOfWhatAnotherMade_IsFound(string statements, string expected) =>
        Assert.Contains(InPlaceEdits.Violations($"class C {{ Tensor M() {{ {statements} }} }}", isArithmetic: false),
            v => v.EndsWith(expected, StringComparison.Ordinal));

    [Theory]
    [InlineData("mean.ScaleInPlace(0.9).AddInPlace(gradient, 0.1);")]
    [InlineData("x.square().sqrt().AddInPlace(1e-8);")]
    [InlineData("target.narrow(0, 1, 2).CopyInPlace(part);")]
    [InlineData("x.requires_grad_(true);")]
    public void Violations_EditOfOnesOwn_IsNone(string statements) =>
        Assert.Empty(InPlaceEdits.Violations($"class C {{ void M() {{ {statements} }} }}", isArithmetic: false));

    // t[0] = x changes t as well, and the syntax does not tell it from an array.
    [Fact]
    public void Library_SettersOfTensors_AreNotUsed()
    {
        using var file = new PEReader(File.OpenRead(typeof(RadaptException).Assembly.Location));
        MetadataReader metadata = file.GetMetadataReader();
        string[] members = [.. metadata.MemberReferences.Select(metadata.GetMemberReference)
            .Where(m => m.Parent.Kind == HandleKind.TypeReference
                && metadata.GetString(metadata.GetTypeReference((TypeReferenceHandle)m.Parent).Name) == "Tensor")
            .Select(m => metadata.GetString(m.Name))];
        Assert.Contains("add_", members); // the check sees what is there
        Assert.DoesNotContain("set_Item", members);
    }
}
