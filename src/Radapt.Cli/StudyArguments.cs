using System.CommandLine;
using Radapt.Recipes;
using Radapt.Studies.Design;
using Radapt.Studies.Work;

namespace Radapt.Cli;

/// <summary>
/// The study that a command line names: a file, a built-in study or the folder of a study, and where its data and weights are.
/// </summary>
internal sealed class StudyArguments
{
    private readonly Argument<string> _study = new("study")
    {
        HelpName = "STUDY",
        Description = $"Study file, folder of a study that was begun, or a built-in study: {string.Join(", ", StudyFile.BuiltIn)}.",
    };

    private readonly Option<string> _out = new("--out", "-o")
    {
        HelpName = "DIR",
        Description = "Folder of the study. Default: studies/NAME.",
    };

    private readonly Option<string> _data = new("--data-root")
    {
        HelpName = "DIR",
        Description = "Folder to which the study's data paths are relative. Default: that of the study file.",
    };

    private readonly Option<string> _weights = new("--weights-root")
    {
        HelpName = "DIR",
        Description = "Folder to which the study's weights are relative. Default: that of the study file.",
    };

    private ParseResult? _parsed;

    /// <summary>The study as it was typed.</summary>
    public string Given => _parsed!.GetValue(_study)!;

    /// <summary>Adds the argument and the options to a command.</summary>
    /// <param name="command">The command.</param>
    /// <param name="add">Adds an option under a heading.</param>
    public void AddTo(Command command, Action<string, Option> add)
    {
        command.Arguments.Add(_study);
        add("Study", _out);
        add("Study", _data);
        add("Study", _weights);
    }

    /// <summary>The study, its folder and its cells.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="first">What beats the study.</param>
    /// <exception cref="RadaptException">There is no such study, or it is wrong.</exception>
    public OpenStudy Open(ParseResult parsed, params IReadOnlyList<RecipeLayer> first)
    {
        _parsed = parsed;
        string given = Given;
        bool isFolder = StudyFolder.IsStudy(given);
        if (!isFolder && Directory.Exists(given) && !StudyFile.BuiltIn.Contains(given))
        {
            throw new RadaptException($"{given}: is not the folder of a study (it has no {StudyFile.FileName}).");
        }

        string? target = parsed.GetValue(_out);
        if (isFolder && target is not null && Path.GetFullPath(target) != Path.GetFullPath(given))
        {
            throw new RadaptException($"{given} is the folder of a study, which goes on there; leave -o out.");
        }

        StudyFile file = StudyFile.Open(isFolder ? Path.Combine(given, StudyFile.FileName) : given);
        if (isFolder)
        {
            file = file with { Name = Path.GetFileName(Path.GetFullPath(given).TrimEnd(Path.DirectorySeparatorChar)) };
        }

        var folder = new StudyFolder(isFolder ? given : target ?? Path.Combine("studies", file.Name));
        StudyRoots? then = isFolder ? folder.ReadRoots() : null;
        var roots = new StudyRoots(then?.Recipes ?? file.Folder,
            Root(parsed, _data) ?? then?.Data ?? file.Folder, Root(parsed, _weights) ?? then?.Weights ?? file.Folder);
        StudyDesign design = file.Read();
        var places = new StudyPlaces(roots.Recipes, roots.Data, roots.Weights, folder.Path);
        return new OpenStudy(file, design, folder, roots, StudyExpansion.Expand(design, places, first));
    }

    private static string? Root(ParseResult parsed, Option<string> option) => parsed.GetValue(option) is { } path
        ? Directory.Exists(path) ? Path.GetFullPath(path) : throw new RadaptException($"{option.Name} {path}: there is no such folder.")
        : null;
}

/// <summary>A study as a command works on it.</summary>
/// <param name="File">Its file.</param>
/// <param name="Design">What the file says.</param>
/// <param name="Folder">Where its runs are.</param>
/// <param name="Roots">Where its data and weights are.</param>
/// <param name="Cells">Its cells.</param>
internal sealed record OpenStudy(StudyFile File, StudyDesign Design, StudyFolder Folder, StudyRoots Roots, IReadOnlyList<StudyCell> Cells);
