namespace Radapt.Runs;

/// <summary>Which kernels a run used, and why: what <c>finetune --verbose</c> shows and <c>run.json</c> keeps under <c>path</c>.</summary>
/// <param name="VectorBits">Widest vectors that .NET uses in this process, bits; 0: none.</param>
/// <param name="HeldTo">Environment variables that narrow the instruction set, <c>name=value</c>.</param>
/// <param name="Precision">Precision of the products, and why.</param>
/// <param name="Products">How float32 products run, and why.</param>
/// <param name="Parts">The kernels of every part of a step that ran so far.</param>
public sealed record ExecutionPath(
    int VectorBits, IReadOnlyList<string> HeldTo, PathChoice Precision, PathChoice Products, IReadOnlyList<PathPart> Parts);

/// <summary>A value of the recipe.</summary>
/// <param name="Value">The value.</param>
/// <param name="Why">Why it is that one; null where there is nothing to say.</param>
public sealed record PathChoice(string Value, string? Why);

/// <summary>A kernel that computed one part of a step.</summary>
/// <param name="Part">The part, such as <c>attention</c>.</param>
/// <param name="Kernel">The kernel.</param>
/// <param name="Why">What the preferred kernel lacked; empty: this is the preferred one.</param>
public sealed record PathPart(string Part, string Kernel, IReadOnlyList<string> Why);
