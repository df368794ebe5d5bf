using System.CommandLine;
using Radapt.Evaluation;
using Radapt.Studies.Tables;

namespace Radapt.Cli;

/// <summary><c>radapt study table</c>: the figures of a study, complete or not.</summary>
internal sealed class StudyTableCommand : RadaptCommand
{
    private const string Text = "text", Markdown = "markdown", Csv = "csv", Latex = "latex", JsonFormat = "json";

    private readonly StudyArguments _study = new();
    private readonly Option<string> _layout;
    private readonly Option<string> _format;
    private readonly Option<int> _resamples;
    private readonly Option<bool> _json;

    public StudyTableCommand()
        : base("table", "Print the test figures of a study as a table; cells that are not complete are shown as such.")
    {
        _study.AddTo(this, (heading, option) => Add(heading, option));
        _layout = Add("Table", new Option<string>("--layout")
        {
            HelpName = "1..5|grid",
            Description = "Form of the table: the paper's Table 1 (method by data and fraction), 2 (ranks by fraction), 3 (epochs of "
                + "pre-training), 4 (size of the backbone) or 5 (kind of backbone), or all that varies. Default: what the study says, "
                + "else grid.",
        });
        _format = Add("Table", new Option<string>("--format")
        {
            HelpName = "FORMAT",
            Description = "text, markdown, csv (a line for every cell and finding), latex or json.",
            DefaultValueFactory = _ => Text,
        });
        _format.AcceptOnlyFromAmong(Text, Markdown, Csv, Latex, JsonFormat);
        _resamples = Add("Table", new Option<int>("--resamples")
        {
            HelpName = "N",
            Description = "Resamples of the patients for intervals; 0: no intervals.",
            DefaultValueFactory = _ => new StatisticsOptions().Replicates,
        });
        _json = AddJson();
        SetAction(Run);
    }

    public override IReadOnlyList<(string Line, string What)> Examples { get; } =
    [
        ("radapt study table studies/mine", "The table of a study that was begun:"),
        ("radapt study table studies/mine --layout 1 --format latex", "In the form of the paper's Table 1, for a manuscript:"),
        ("radapt study table studies/mine --format csv --resamples 0", "Every figure for a program, without intervals:"),
    ];

    private int Run(ParseResult parsed)
    {
        int resamples = parsed.GetValue(_resamples);
        if (resamples is < 0 or (> 0 and < 100) or > 1_000_000)
        {
            throw new RadaptException($"--resamples {resamples}: give 0 or a number from 100 to 1,000,000.");
        }

        OpenStudy study = _study.Open(parsed);
        study.Folder.RequireSameCells(study.Cells);
        var table = StudyTable.Read(study.Design, study.Cells, study.Folder, TableLayout.For(study.Design, parsed.GetValue(_layout)),
            resamples == 0 ? null : new StatisticsOptions { Replicates = resamples });
        switch (parsed.GetValue(_json) ? JsonFormat : parsed.GetValue(_format))
        {
            case Markdown: Console.Out.Write(TableFormats.ToMarkdown(table)); break;
            case Csv: Console.Out.Write(TableFormats.ToCsv(table)); break;
            case Latex: Console.Out.Write(TableFormats.ToLatex(table)); break;
            case JsonFormat: Terminal.WriteJson(TableFormats.ToJson(table)); break;
            default: StudyTableDisplay.Show(new Terminal(onStandardError: false), table); break;
        }

        return ExitCode.Done;
    }
}
