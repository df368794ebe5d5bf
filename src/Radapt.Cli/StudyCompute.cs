using System.CommandLine;
using System.Globalization;
using Radapt.Compute;
using Radapt.Recipes;
using Radapt.Studies.Design;

namespace Radapt.Cli;

/// <summary>How many threads a study's runs have, and how many of them run at a time.</summary>
internal sealed class StudyCompute
{
    private readonly Option<int?> _threads = new("--threads")
    {
        HelpName = "N",
        Description = "Threads of each run. Default: what the study says, else 1.",
    };

    private readonly Option<int?> _jobs = new("--jobs")
    {
        HelpName = "N",
        Description = "Runs at a time in this process. Default: the physical cores, divided by the threads of a run.",
    };

    private readonly Option<string[]> _only = new("--only")
    {
        HelpName = "FACTOR=LEVEL,…",
        Description = "Only cells with these levels, such as fraction=1%,10%. Can be given for several factors.",
    };

    /// <param name="add">Adds an option under a heading.</param>
    public StudyCompute(Action<string, Option> add)
    {
        add("Run", _only);
        add("Run", _threads);
        add("Run", _jobs);
    }

    /// <summary>What beats the study.</summary>
    public IReadOnlyList<RecipeLayer> Layers(ParseResult parsed) => AtLeastOne(parsed, _threads) is not { } threads ? []
        : [RecipeLayer.FromCommandLine([KeyValuePair.Create("threads", threads.ToString(CultureInfo.InvariantCulture))])];

    /// <summary>The cells that are meant.</summary>
    /// <exception cref="RadaptException">There is no such level, or no cell has these.</exception>
    public IReadOnlyList<StudyCell> Select(ParseResult parsed, OpenStudy study)
    {
        CellFilter[] filters = [.. (parsed.GetValue(_only) ?? []).Select(o => CellFilter.Parse(o, study.Design, _only.Name))];
        StudyCell[] cells = [.. study.Cells.Where(c => filters.All(f => f.Matches(c.Levels)))];
        return cells.Length > 0 ? cells : throw new RadaptException($"{_only.Name}: the study has no such cell.");
    }

    /// <summary>Threads of a run, and runs at a time.</summary>
    public (int Threads, int AtATime) Decide(ParseResult parsed, IReadOnlyList<StudyCell> cells)
    {
        int threads = cells.Max(c => c.Given.Value((ComputeOptions o) => o.Threads, StudyExpansion.UsualThreads));
        return (threads, AtLeastOne(parsed, _jobs) ?? Math.Max(1, Machine.Current.PhysicalCores / threads));
    }

    /// <summary>Runs at a time, if that was given.</summary>
    public int? GivenJobs(ParseResult parsed) => AtLeastOne(parsed, _jobs);

    /// <summary>What tasks of a scheduler are given, too.</summary>
    public IReadOnlyList<string> Arguments(ParseResult parsed) => AtLeastOne(parsed, _threads) is { } threads
        ? [_threads.Name, threads.ToString(CultureInfo.InvariantCulture)] : [];

    private static int? AtLeastOne(ParseResult parsed, Option<int?> option) => parsed.GetValue(option) is { } value and (< 1 or > 4096)
        ? throw new RadaptException($"{option.Name} {value}: give a number from 1 to 4096.") : parsed.GetValue(option);
}
