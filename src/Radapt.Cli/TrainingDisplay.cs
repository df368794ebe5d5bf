using System.Diagnostics;
using System.Globalization;
using Radapt.Training;

namespace Radapt.Cli;

/// <summary>How training goes: a line that moves on a terminal, elsewhere a line at most every 30 seconds; and a line per epoch.</summary>
internal sealed class TrainingDisplay(Terminal terminal, Action<string> liveLine, int epochs) : IProgress<TrainingProgress>
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
        string auroc = result.ValAuroc is { } value ? $"  AUROC {Figures.Auroc(value)}" : "";
        terminal.Line(string.Create(CultureInfo.InvariantCulture,
            $"epoch {result.Epoch}/{epochs}  loss {result.TrainLoss:0.0000}{auroc}{(result.Best ? "  best so far" : "")}  lr {result.LearningRate:0.0e+0}  {Figures.Rate(result.ImagesPerSecond)} images/s"));
    }

    // The most important first: what does not fit into the terminal's width is left out from the end.
    private static List<string> Parts(TrainingProgress p)
    {
        List<string> parts =
        [
            p.Phase switch
            {
                TrainingPhase.Training => $"epoch {p.Epoch}/{p.Epochs}",
                TrainingPhase.Validation => $"epoch {p.Epoch}/{p.Epochs} validation",
                TrainingPhase.Features => "features of frozen blocks",
                _ => "test",
            },
            $"step {p.Step}/{p.Steps}",
            $"{Figures.Duration(p.TimeLeft)} left",
            $"{Figures.Rate(p.ImagesPerSecond)} images/s",
        ];
        if (double.IsFinite(p.Loss))
        {
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"loss {p.Loss:0.0000}"));
        }

        if (p.ValAuroc is { } auroc)
        {
            parts.Add($"AUROC {Figures.Auroc(auroc)}");
            parts.Add($"best {Figures.Auroc(p.BestAuroc)}");
        }

        return parts;
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
