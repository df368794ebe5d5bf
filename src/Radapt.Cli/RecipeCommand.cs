using System.CommandLine;

namespace Radapt.Cli;

/// <summary><c>radapt recipe</c>: what is done with recipe files.</summary>
internal sealed class RecipeCommand : Command
{
    public RecipeCommand()
        : base("recipe", "Describe recipe files to editors and programs.") => Subcommands.Add(new RecipeSchemaCommand());
}
