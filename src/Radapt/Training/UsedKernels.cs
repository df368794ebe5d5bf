using Radapt.Compute;
using Radapt.Recipes;
using Radapt.Runs;

namespace Radapt.Training;

/// <summary>Describes which kernels a run used, and why.</summary>
internal static class UsedKernels
{
    private static readonly string[] s_narrowing =
        ["DOTNET_EnableAVX512", "DOTNET_EnableAVX2", "DOTNET_EnableHWIntrinsic", "DOTNET_PreferredVectorBitWidth", "ATEN_CPU_CAPABILITY",
            "ONEDNN_MAX_CPU_ISA"];

    /// <summary>What ran so far.</summary>
    /// <param name="values">The values of the recipe, with who chose each.</param>
    /// <param name="plan">Of the recipe.</param>
    /// <param name="path">What the kernels noted.</param>
    public static ExecutionPath Describe(IReadOnlyList<ResolvedValue> values, ComputePlan plan, ComputePath path) => new(
        Machine.VectorBits,
        [.. s_narrowing.Select(n => (Name: n, Value: Environment.GetEnvironmentVariable(n))).Where(v => v.Value is { Length: > 0 })
            .Select(v => $"{v.Name}={v.Value}")],
        Choice(values, "precision", plan.Precision),
        Choice(values, "products", plan.Products),
        [.. path.Ran.GroupBy(r => r.Kernel).Select(k => new PathPart(k.Key.Part, k.Key.Name, [.. k.Select(r => r.Why).OfType<string>()]))]);

    private static PathChoice Choice(IReadOnlyList<ResolvedValue> values, string option, string used)
    {
        ResolvedValue? value = values.FirstOrDefault(v => v.Name == option);
        return new PathChoice(used, value is null ? null : value.IsChosen ? value.Reason : $"given by {value.Origin}");
    }
}
