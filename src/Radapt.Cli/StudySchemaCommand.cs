using Radapt.Studies.Design;

namespace Radapt.Cli;

/// <summary><c>radapt study schema</c>: the JSON schema of study files.</summary>
internal sealed class StudySchemaCommand : RadaptCommand
{
    public StudySchemaCommand()
        : base("schema", "Print the JSON schema (draft 2020-12) of study files.")
    {
        SetAction(_ =>
        {
            Console.Out.Write(StudySchema.Write());
            return ExitCode.Done;
        });
    }

    public override IReadOnlyList<(string Line, string What)> Examples { get; } =
    [
        ("radapt study schema > study.schema.json", "For an editor that completes and checks studies:"),
    ];

    /// <inheritdoc/>
    public override bool StopsItself => false;
}
