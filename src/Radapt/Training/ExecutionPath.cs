using Radapt.Compute;
using Radapt.Training.Recipes;

namespace Radapt.Training;

/// <summary>Which kernels a run used, and why: what <c>finetune --verbose</c> shows and <c>run.json</c> keeps under <c>path</c>.</summary>
/// <param name="VectorBits">Widest vectors that .NET uses in this process, bits; 0: none.</param>
/// <param name="HeldTo">Environment variables that narrow the instruction set, <c>name=value</c>.</param>
/// <param name="Precision">Precision of the products, and why.</param>
/// <param name="Products">How float32 products run, and why.</param>
/// <param name="Parts">The kernels of every part of a step that ran so far.</param>
public sealed record ExecutionPath(int VectorBits, IReadOnlyList<string> HeldTo, PathChoice Precision, PathChoice Products, IReadOnlyList<PathPart> Parts)
{
    private static readonly string[] s_narrowing =
        ["DOTNET_EnableAVX512", "DOTNET_EnableAVX2", "DOTNET_EnableHWIntrinsic", "DOTNET_PreferredVectorBitWidth", "ATEN_CPU_CAPABILITY", "ONEDNN_MAX_CPU_ISA"];

    internal static ExecutionPath From(ResolvedRecipe resolved, ComputePath path) => new(
        Machine.VectorBits,
        [.. s_narrowing.Select(n => (Name: n, Value: Environment.GetEnvironmentVariable(n))).Where(v => v.Value is { Length: > 0 }).Select(v => $"{v.Name}={v.Value}")],
        Choice(resolved, "precision", resolved.Recipe.Precision),
        Choice(resolved, "products", resolved.Recipe.Products),
        [.. path.Ran.GroupBy(r => r.Kernel).Select(k => new PathPart(k.Key.Part, k.Key.Name, [.. k.Select(r => r.Why).OfType<string>()]))]);

    private static PathChoice Choice(ResolvedRecipe resolved, string option, string used)
    {
        ResolvedValue? value = resolved.Values.FirstOrDefault(v => v.Name == option);
        return new PathChoice(used, value is null ? null : value.IsChosen ? value.Reason : $"given by {value.Origin}");
    }
}

/// <summary>A value of the recipe.</summary>
/// <param name="Value">The value.</param>
/// <param name="Why">Why it is that one; null where there is nothing to say.</param>
public sealed record PathChoice(string Value, string? Why);

/// <summary>A kernel that computed one part of a step.</summary>
/// <param name="Part">The part, such as <c>attention</c>.</param>
/// <param name="Kernel">The kernel.</param>
/// <param name="Why">What the preferred kernel lacked; empty: this is the preferred one.</param>
public sealed record PathPart(string Part, string Kernel, IReadOnlyList<string> Why);
