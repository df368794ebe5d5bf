using System.Diagnostics;
using System.Globalization;
using Radapt.Runs;
using Radapt.Training;

namespace Radapt.Cli;

/// <summary>How training goes: a line that moves on a terminal, elsewhere a line at most every 30 seconds; and a line per epoch.</summary>
/// <param name="terminal">Where it is shown.</param>
/// <param name="liveLine">Draws the line that moves.</param>
/// <param name="epochs">Epochs of the run.</param>
/// <param name="figures">Which figures a task has, as it shows them.</param>
internal sealed class TrainingDisplay(Terminal terminal, Action<string> liveLine, int epochs, IShownFigures figures)
    : IProgress<TrainingProgress>
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(30);
    private readonly Stopwatch _sinceLine = Stopwatch.StartNew();

    /// <inheritdoc/>
    public void Report(TrainingProgress value)
    {
        if (terminal.IsLive)
        {
            liveLine(Fit(Parts(value), terminal.Width - 1));
        }
        else if (_sinceLine.Elapsed > s_interval)
        {
            _sinceLine.Restart();
            terminal.Line(string.Join("  ", Parts(value)));
        }
    }

    /// <summary>The line of an epoch that ended.</summary>
    public void Epoch(EpochResult result)
    {
        _sinceLine.Restart();
        List<string> parts = [$"epoch {result.Epoch}/{epochs}", Loss(result.TrainLoss), .. figures.Epoch(result)];
        parts.Add($"{Figures.Rate(result.ImagesPerSecond)} images/s");
        parts.Add(string.Create(CultureInfo.InvariantCulture, $"lr {result.LearningRate:0.0e+0}"));
        terminal.Line(Fit(parts, terminal.Width - 1));
    }

    private static string Loss(double loss) => string.Create(CultureInfo.InvariantCulture, $"loss {loss:0.0000}");

    // The most important first: what does not fit into the terminal's width is left out from the end.
    private List<string> Parts(TrainingProgress p)
    {
        List<string> parts =
        [
            p.Phase switch
            {
                TrainingPhase.Training => $"epoch {p.Epoch}/{p.Epochs}",
                TrainingPhase.Validation => $"epoch {p.Epoch}/{p.Epochs} validation",
                TrainingPhase.Features => "features of frozen blocks",
                TrainingPhase.Pixels => "pixels of all images",
                TrainingPhase.Baseline => "baseline: features of frozen backbone",
                _ => "test",
            },
            $"step {p.Step}/{p.Steps}",
            $"{Figures.Duration(p.TimeLeft)} left",
            $"{Figures.Rate(p.ImagesPerSecond)} images/s",
        ];
        if (double.IsFinite(p.Loss))
        {
            parts.Add(Loss(p.Loss));
        }

        return [.. parts, .. figures.Progress(p)];
    }

    private static string Fit(List<string> parts, int width)
    {
        string line = parts[0];
        foreach (string part in parts.Skip(1))
        {
            if (line.Length + 2 + part.Length > width)
            {
                break;
            }

            line += $"  {part}";
        }

        return line;
    }
}
