using System.Diagnostics;
using System.Text.Json;
using Radapt.Benchmarks;
using Radapt.Cli;
using Radapt.Compute;

namespace Radapt.Bench;

/// <summary>
/// The process of one contestant: builds it, says how far its result is from Radapt's, then answers one line with one line.
/// </summary>
internal static class Contestants
{
    public const string Radapt = "radapt";
    public const string Reference = "reference";
    public const string OnnxRuntime = "onnxruntime";
    public const string OnnxRuntimeInt8 = "onnxruntime-int8";

    /// <summary>All but Radapt.</summary>
    public static IReadOnlyList<string> Others { get; } = [Reference, OnnxRuntime, OnnxRuntimeInt8];

    /// <summary>
    /// Answers until the input ends: <c>run N</c> with the seconds of N steps, <c>peak</c> with MiB, <c>limit</c> with the limit.
    /// </summary>
    public static void Serve(string name, StepRequest request, TextReader input, TextWriter output)
    {
        using IContestant contestant = Create(name, request);
        for (int i = 0; i < request.Options.WarmUp; i++)
        {
            contestant.Step();
        }

        Answer(contestant.Difference);
        while (input.ReadLine() is { } line)
        {
            switch (line.Split(' '))
            {
                case ["run", string steps]:
                    Answer(Run(contestant, int.Parse(steps, System.Globalization.CultureInfo.InvariantCulture)));
                    break;
                case ["peak"]:
                    Answer(Machine.PeakMemoryMib);
                    break;
                case ["limit"] when contestant is RadaptContestant radapt:
                    Answer(radapt.Limit());
                    break;
                case ["processor"] when contestant is RadaptContestant radapt:
                    Answer(radapt.Peak());
                    break;
                default:
                    throw new ArgumentException($"A contestant was asked to '{line}'.", nameof(input));
            }
        }

        void Answer<T>(T value)
        {
            output.WriteLine(JsonSerializer.Serialize(value));
            output.Flush();
        }
    }

    /// <summary>
    /// One contestant in this process. The reference runs as a newcomer's program would: allocator and threads untouched.
    /// </summary>
    public static IContestant Create(string name, StepRequest request)
    {
        switch (name)
        {
            case Radapt:
                ProcessSettings.PrepareCompute();
                ProcessSettings.UseThreads(request.Plan.Threads);
                return new RadaptContestant(request);
            case Reference:
                return new ReferenceContestant(request.Step, request.Options);
            case OnnxRuntime or OnnxRuntimeInt8:
                return new OnnxRuntimeContestant(request.Options, request.Plan.Threads, name == OnnxRuntimeInt8);
            default:
                throw new RadaptException($"There is no contestant '{name}'.");
        }
    }

    private static double[] Run(IContestant contestant, int steps)
    {
        var seconds = new double[steps];
        for (int i = 0; i < steps; i++)
        {
            long start = Stopwatch.GetTimestamp();
            contestant.Step();
            seconds[i] = Stopwatch.GetElapsedTime(start).TotalSeconds;
        }

        return seconds;
    }
}
