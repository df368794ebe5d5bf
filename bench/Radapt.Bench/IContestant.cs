namespace Radapt.Bench;

/// <summary>One implementation of a step, with model and batch in memory.</summary>
internal interface IContestant : IDisposable
{
    /// <summary>How far its result on the first batch is from Radapt's in float32.</summary>
    double Difference { get; }

    /// <summary>One step.</summary>
    void Step();
}
