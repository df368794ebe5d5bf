using System.CommandLine;

namespace Radapt.Cli;

/// <summary>A command whose help shows its options in groups and ends with examples.</summary>
internal abstract class RadaptCommand(string name, string description) : Command(name, description)
{
    private readonly List<(string Heading, List<Option> Options)> _groups = [];

    /// <summary>Lines to type, each with what it does.</summary>
    public abstract IReadOnlyList<(string Line, string What)> Examples { get; }

    /// <summary>The options under their headings.</summary>
    public IEnumerable<(string Heading, List<Option> Options)> Groups => _groups;

    /// <summary>Adds an option under a heading.</summary>
    protected T Add<T>(string heading, T option)
        where T : Option
    {
        Options.Add(option);
        if (_groups.FirstOrDefault(g => g.Heading == heading).Options is { } options)
        {
            options.Add(option);
        }
        else
        {
            _groups.Add((heading, [option]));
        }

        return option;
    }

    /// <summary>The option --json, the same for every command.</summary>
    protected Option<bool> AddJson() => Add("Output", new Option<bool>("--json")
    {
        Description = "Print one JSON object on standard output; everything for people goes to standard error.",
    });
}
