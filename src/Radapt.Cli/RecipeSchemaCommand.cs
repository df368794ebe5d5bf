using Radapt.Recipes;

namespace Radapt.Cli;

/// <summary><c>radapt recipe schema</c>: the JSON schema of recipe files.</summary>
internal sealed class RecipeSchemaCommand : RadaptCommand
{
    public RecipeSchemaCommand()
        : base("schema", "Print the JSON schema (draft 2020-12) of recipe.yaml: every option with its type, range, choices and help.")
    {
        SetAction(_ =>
        {
            Console.Out.Write(RecipeSchema.Write());
            return ExitCode.Done;
        });
    }

    public override IReadOnlyList<(string Line, string What)> Examples { get; } =
    [
        ("radapt recipe schema > recipe.schema.json", "For an editor that completes and checks recipes:"),
    ];

    /// <inheritdoc/>
    public override bool StopsItself => false;
}
