using System.Globalization;
using System.Text.Json.Nodes;

namespace Radapt.Studies.Planning;

/// <summary>What a study will take on this machine and, by a plain model, on others.</summary>
/// <param name="Cells">By cell, its seeds together.</param>
/// <param name="Threads">Threads of a run.</param>
/// <param name="AtATime">Runs at a time here.</param>
/// <param name="MemoryBytes">Memory of this machine.</param>
internal sealed record StudyPlan(IReadOnlyList<PlannedCell> Cells, int Threads, int AtATime, long MemoryBytes)
{
    private const double MiB = 1 << 20;

    /// <summary>Numbers of cores that the plan tells of besides this machine's.</summary>
    public static IReadOnlyList<int> OtherCores { get; } = [16, 64];

    /// <summary>Cells that cannot be run.</summary>
    public IReadOnlyList<PlannedCell> Refused => [.. Cells.Where(c => c.Refusal is not null)];

    /// <summary>Runs that are left to do.</summary>
    public int Left => Cells.Sum(c => c.Left);

    /// <summary>Updates that are left to do.</summary>
    public long Updates => Cells.Sum(c => c.Left * (c.Work?.Updates ?? 0));

    /// <summary>Time of what is left, one run after the other.</summary>
    public TimeSpan Total => Cells.Aggregate(TimeSpan.Zero, (sum, c) => sum + (c.Time * c.Left));

    /// <summary>Memory of the largest runs at a time, MiB.</summary>
    public double MemoryMib => MemoryFor(AtATime);

    /// <summary>How many of the largest runs fit into memory at a time, at least 1.</summary>
    public int FitAtATime
    {
        get
        {
            int most = 1;
            while (most < AtATime && MemoryFor(most + 1) <= MemoryBytes / MiB)
            {
                most++;
            }

            return most;
        }
    }

    /// <summary>Time of what is left on this machine.</summary>
    public TimeSpan Here => ScalingModel.Makespan(Runs().Select(r => AtATime > 1 ? r / ScalingModel.Efficiency : r), AtATime);

    /// <summary>Time of what is left on another number of cores.</summary>
    public TimeSpan On(int cores) => ScalingModel.Time([.. Runs()], Threads, cores);

    /// <summary>Memory of the largest runs, MiB.</summary>
    /// <param name="atATime">How many at a time.</param>
    public double MemoryFor(int atATime) =>
        Cells.SelectMany(c => Enumerable.Repeat(c.MemoryMib, c.Left)).OrderDescending().Take(atATime).Sum();

    /// <summary>The plan for programs.</summary>
    public JsonObject ToJson() => new()
    {
        ["threads"] = Threads,
        ["runs_at_a_time"] = AtATime,
        ["runs"] = Cells.Sum(c => c.Runs.Count),
        ["runs_left"] = Left,
        ["updates_left"] = Updates,
        ["hours_one_after_the_other"] = Total.TotalHours,
        ["hours_here"] = Here.TotalHours,
        ["peak_memory_mib"] = MemoryMib,
        ["memory_mib"] = MemoryBytes / MiB,
        ["hours_on_cores"] = new JsonObject(OtherCores.Select(c =>
            KeyValuePair.Create<string, JsonNode?>(c.ToString(CultureInfo.InvariantCulture), On(c).TotalHours))),
        ["cells"] = new JsonArray([.. Cells.Select(Cell)]),
    };

    private static JsonObject Cell(PlannedCell cell) => new()
    {
        ["cells"] = new JsonArray([.. cell.Runs.Select(r => JsonValue.Create(r.Name))]),
        ["left"] = cell.Left,
        ["backbone"] = cell.Work?.Backbone,
        ["epochs"] = cell.Work?.Epochs,
        ["updates"] = cell.Work?.Updates,
        ["seconds_of_a_batch"] = cell.Measured?.SecondsOfABatch,
        ["seconds"] = cell.Work is null ? null : cell.Time.TotalSeconds,
        ["peak_memory_mib"] = cell.Work is null ? null : cell.MemoryMib,
        ["refused"] = cell.Refusal,
    };

    private IEnumerable<TimeSpan> Runs() => Cells.SelectMany(c => Enumerable.Repeat(c.Time, c.Left));
}
