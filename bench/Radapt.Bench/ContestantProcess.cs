using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Radapt.Benchmarks;

namespace Radapt.Bench;

/// <summary>A contestant in a process of its own, seen from the one that compares. Times of all its steps are kept.</summary>
internal sealed class ContestantProcess : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private readonly Process _process;
    private readonly List<double> _seconds = [];
    private readonly int _batchSize;

    /// <summary>Starts the process and waits until it is warm.</summary>
    /// <exception cref="RadaptException">It ended.</exception>
    public ContestantProcess(string name, StepRequest request)
    {
        (Name, _batchSize) = (name, request.Options.BatchSize);
        _process = new Process
        {
            StartInfo = OwnProcess.StartInfo(typeof(ContestantProcess).Assembly, "--contestant", name, "--request", request.ToArgument()),
        };
        _process.Start();
        Difference = Read<double>();
    }

    /// <summary>Which contestant.</summary>
    public string Name { get; }

    /// <summary>How far its result is from Radapt's in float32.</summary>
    public double Difference { get; }

    /// <summary>From the median of all steps so far.</summary>
    public double ImagesPerSecond => _batchSize / Median.Compute(_seconds);

    /// <summary>Runs and times steps.</summary>
    public void Run(int steps) => _seconds.AddRange(Ask<double[]>(string.Create(CultureInfo.InvariantCulture, $"run {steps}")));

    /// <summary>Largest resident memory of its process so far.</summary>
    public double PeakMemoryMib() => Ask<double>("peak");

    /// <summary>The products' limit and the processor's peak, of Radapt's own contestants.</summary>
    public (MatrixLimit Products, ProcessorPeak? Peak) Limits() => (Ask<MatrixLimit>("limit"), Ask<ProcessorPeak?>("processor"));

    /// <inheritdoc/>
    public void Dispose()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(s_patience))
        {
            OwnProcess.End(_process);
        }

        _process.Dispose();
    }

    private T Ask<T>(string question)
    {
        _process.StandardInput.WriteLine(question);
        _process.StandardInput.Flush();
        return Read<T>();
    }

    private T Read<T>() => _process.StandardOutput.ReadLine() is { } line
        ? JsonSerializer.Deserialize<T>(line)!
        : throw new RadaptException($"The process of {Name} ended before it answered; what went wrong stands above.");
}
