using System.CommandLine;

namespace Radapt.Cli;

/// <summary>A command whose help shows its options in groups and ends with examples.</summary>
internal abstract class RadaptCommand(string name, string description) : Command(name, description)
{
    private readonly List<(string Heading, List<Option> Options)> _groups = [];

    /// <summary>Lines to type, each with what it does.</summary>
    public abstract IReadOnlyList<(string Line, string What)> Examples { get; }

    /// <summary>
    /// Whether the command stops by itself when it is interrupted, saving or removing what it has begun; else the process ends at once.
    /// </summary>
    public virtual bool StopsItself => true;

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

    /// <summary>The option --overwrite, the same for every command that writes a file that it is told.</summary>
    /// <param name="what">What would be replaced.</param>
    /// <param name="aliases">Other names of it.</param>
    protected Option<bool> AddOverwrite(string what, params string[] aliases) => Add("Output", new Option<bool>("--overwrite", aliases)
    {
        Description =
            $"Replace existing output: {what}. Without this option, existing output is an error. Inputs of the command are never replaced.",
    });

    /// <summary>The options --batch-size and --threads of a command that only runs the model forwards.</summary>
    /// <param name="defaultThreads">What the threads are where they are not given, as the help says it.</param>
    protected (Option<int> BatchSize, Option<int?> Threads) AddForwardPass(string defaultThreads)
    {
        Option<int> batchSize = Add("Compute", new Option<int>("--batch-size")
        {
            HelpName = "N",
            Description = "Images per forward pass. Default: 16.",
            DefaultValueFactory = _ => 16,
        });
        Option<int?> threads = Add("Compute", new Option<int?>("--threads")
        {
            HelpName = "N",
            Description = $"Number of threads. Default: {defaultThreads}",
        });
        foreach (Option number in new Option[] { batchSize, threads })
        {
            number.Validators.Add(result =>
            {
                if (!int.TryParse(result.Tokens.SingleOrDefault()?.Value ?? "1", out int value) || value is < 1 or > 4096)
                {
                    result.AddError($"{number.Name} must be a whole number from 1 to 4096.");
                }
            });
        }

        return (batchSize, threads);
    }

    /// <summary>The option --json, the same for every command.</summary>
    protected Option<bool> AddJson() => Add("Output", new Option<bool>("--json")
    {
        Description = "Print one JSON object on standard output; human-readable output goes to standard error.",
    });
}
