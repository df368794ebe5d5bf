using System.Text.Json;
using Radapt.Compute;
using Radapt.Runs;
using Radapt.Training;

namespace Radapt.Studies.Planning;

/// <summary>What real updates of a run took, in a process of their own.</summary>
/// <param name="SecondsOfABatch">Time of an update.</param>
/// <param name="PeakMemoryMib">Largest resident memory of the process.</param>
internal sealed record CellMeasurement(double SecondsOfABatch, double PeakMemoryMib)
{
    /// <summary>Makes the updates in this process, whose memory is then that of the run.</summary>
    public static CellMeasurement Measure(FineTuning run, CancellationToken cancellation)
    {
        TimeSpan batch = run.Cost.MeasureUpdate(cancellation);
        return new CellMeasurement(batch.TotalSeconds, Machine.PeakMemoryMib);
    }

    /// <summary>One line for the process that asked.</summary>
    public string Write() => JsonSerializer.Serialize(this, RunFolder.Json);

    /// <summary>Reads such a line.</summary>
    /// <exception cref="RadaptException">It is something else.</exception>
    public static CellMeasurement Read(string line)
    {
        try
        {
            return JsonSerializer.Deserialize<CellMeasurement>(line, RunFolder.Json) ?? throw new JsonException("it is empty");
        }
        catch (JsonException e)
        {
            throw new RadaptException($"The measuring process wrote something else than figures ({e.Message}).", e);
        }
    }
}
