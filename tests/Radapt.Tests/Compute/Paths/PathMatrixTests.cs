using Radapt.Adaptation;
using Radapt.Compute;

namespace Radapt.Tests.Compute.Paths;

/// <summary>Every path, at every width of vectors: each test reads what one process per width found (PathMatrix).</summary>
public class PathMatrixTests
{
    public static TheoryData<int, string> Cases =>
        [.. ForcedWidth.All.SelectMany(w => PathVariant.All.Keys.Append(PathMatrix.Pieces)
            .Select(v => new TheoryDataRow<int, string>(w.VectorBits, v)))];

    public static TheoryData<int> Widths => ForcedWidth.Bits;

    [Fact]
    public void Variants_HoldEveryMethod() =>
        Assert.Equal(AdaptationMethod.Names.Order(), PathVariant.All.Values.Select(v => v.Method.Name).Distinct().Order());

    // M22: lora and adalora by convolution, with a second adapted block
    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Step_EveryPath_EqualsPlainKernels(int vectorBits, string variant)
    {
        PathProcess process = await PathProcess.For(ForcedWidth.Require(vectorBits));
        PathResult? result = process.Results.FirstOrDefault(r => r.Variant == variant);
        Assert.True(result is not null, $"the process did not get there: {process.Error}");
        Assert.Empty(result.Failures);
        Assert.True(result.Paths >= 24, "paths are missing");
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public async Task Process_ForcedWidth_HasIt(int vectorBits)
    {
        PathProcess process = await PathProcess.For(ForcedWidth.Require(vectorBits));
        Assert.Null(process.Error);
        Assert.Equal(vectorBits, process.Facts?.VectorBits);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{process.Results.Sum(r => r.Paths)} paths in {process.Results.Sum(r => r.Seconds):f1} s; largest difference in float32 "
                + $"{process.Results.Max(r => r.Worst["float32"]):g2}, in bfloat16 {process.Results.Max(r => r.Worst["bfloat16"]):g2}; "
                + $"farther from float32 by {process.Results.Max(r => r.Worst[PathMatrix.FromFloat32]):g2}");
    }

    // A row that needs fast vectors runs at every width that has them, the others run somewhere.
    [Theory]
    [MemberData(nameof(Widths))]
    public async Task Kernels_ForcedWidth_RunsEveryRowThatItCan(int vectorBits)
    {
        PathProcess process = await PathProcess.For(ForcedWidth.Require(vectorBits));
        PathProcess none = await PathProcess.For(ForcedWidth.Require(0));
        IEnumerable<PathResult> results = process.Facts!.HasFastPasses ? process.Results.Concat(none.Results) : process.Results;
        HashSet<string> seen = [.. results.SelectMany(r => r.Kernels)];
        IEnumerable<StepKernel> expected =
            StepKernel.All.Where(k => process.Facts.HasFastPasses || !k.When.Contains("fast vectors", StringComparison.Ordinal));
        Assert.Equal(expected.Select(k => $"{k.Part}: {k.Name}").Order(), seen.Order());
    }
}
