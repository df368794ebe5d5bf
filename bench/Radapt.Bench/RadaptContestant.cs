using Radapt.Benchmarks;

namespace Radapt.Bench;

/// <summary>Radapt's own step.</summary>
internal sealed class RadaptContestant(StepRequest request) : IContestant
{
    private readonly StepSession _session = new(request.Step, request.Options, request.Plan);

    /// <inheritdoc/>
    public double Difference => 0;

    /// <inheritdoc/>
    public void Step() => _session.Step();

    /// <summary>The rate of the step's own matrix products in this process.</summary>
    public MatrixLimit Limit() => _session.Limit(CancellationToken.None);

    /// <summary>The processor's peak, in this process; null: not measurable.</summary>
    public ProcessorPeak? Peak() => _session.Peak(CancellationToken.None);

    /// <inheritdoc/>
    public void Dispose() => _session.Dispose();
}
