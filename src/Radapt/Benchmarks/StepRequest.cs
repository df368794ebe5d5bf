using System.Text.Json;
using Radapt.Compute;

namespace Radapt.Benchmarks;

/// <summary>What a process of its own is to measure; it travels on the command line.</summary>
/// <param name="Step">One of <see cref="BenchmarkedStep.Names"/>.</param>
/// <param name="Options">Model, batch and repeats.</param>
/// <param name="Plan">Precision, device, threads and kernels, as decided by the process that asks.</param>
internal sealed record StepRequest(string Step, BenchmarkOptions Options, ComputePlan Plan)
{
    /// <summary>The request as one argument.</summary>
    public string ToArgument() => JsonSerializer.Serialize(this);

    /// <summary>Reads an argument.</summary>
    /// <exception cref="RadaptException">It is something else.</exception>
    public static StepRequest Parse(string argument)
    {
        try
        {
            return JsonSerializer.Deserialize<StepRequest>(argument) ?? throw new RadaptException("bench: the request is empty.");
        }
        catch (JsonException e)
        {
            throw new RadaptException($"bench: not a request: {argument}", e);
        }
    }
}
