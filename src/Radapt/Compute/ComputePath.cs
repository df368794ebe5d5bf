using System.Collections.Concurrent;

namespace Radapt.Compute;

/// <summary>
/// Which kernels ran so far, and why not those before them in <see cref="StepKernel.All"/>: noted where the choice is made.
/// </summary>
internal sealed class ComputePath
{
    private readonly ConcurrentDictionary<(StepKernel Kernel, string? Why), byte> _ran = new();

    /// <summary>What ran, in the order of the table.</summary>
    public IReadOnlyList<(StepKernel Kernel, string? Why)> Ran =>
        [.. StepKernel.All.SelectMany(k => _ran.Keys.Where(r => r.Kernel == k).OrderBy(r => r.Why, StringComparer.Ordinal))];

    /// <summary>Notes that a kernel runs.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="why">What the preferred one lacks; null: it is the preferred one.</param>
    public void Note(StepKernel kernel, string? why) => _ran.TryAdd((kernel, why), 0);

    /// <summary>Notes the first kernel where nothing refuses it, else the second; returns whether it is the first.</summary>
    public bool Choose(StepKernel preferred, string? refusal, StepKernel other)
    {
        Note(refusal is null ? preferred : other, refusal);
        return refusal is null;
    }
}
