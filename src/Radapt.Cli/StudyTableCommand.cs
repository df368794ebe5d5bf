using System.CommandLine;
using Radapt.Studies.Tables;

namespace Radapt.Cli;

/// <summary><c>radapt study table</c>: the figures of a study, complete or not.</summary>
internal sealed class StudyTableCommand : RadaptCommand
{
    private readonly StudyArguments _study = new();

    public StudyTableCommand()
        : base("table", "Print the test figures of a study as a table; cells that are not complete are shown as such.")
    {
        _study.AddTo(this, (heading, option) => Add(heading, option));
        SetAction(Run);
    }

    public override IReadOnlyList<(string Line, string What)> Examples { get; } =
    [
        ("radapt study table studies/mine", "The table of a study that was begun:"),
    ];

    private int Run(ParseResult parsed)
    {
        OpenStudy study = _study.Open(parsed);
        study.Folder.RequireSameCells(study.Cells);
        var terminal = new Terminal(onStandardError: false);
        StudyTableDisplay.Show(terminal, StudyTable.Read(study.Design, study.Cells, study.Folder, TableLayout.Grid(study.Design)));
        return ExitCode.Done;
    }
}
