namespace Radapt.Runs;

/// <summary>What ridge regression on the frozen backbone's features reaches on the same images: fine-tuning has to beat it.</summary>
public sealed record RunBaseline
{
    /// <summary>The method, <c>ridge</c>: <c>--method ridge</c> with the same options computes the same.</summary>
    public string? Method { get; init; }

    /// <summary>What it chose.</summary>
    public RunProbe? Probe { get; init; }

    /// <summary>Figures of the validation images; null: there are none.</summary>
    public RunFigures? Val { get; init; }

    /// <summary>Figures of the test images; null: there are none.</summary>
    public RunFigures? Test { get; init; }
}
