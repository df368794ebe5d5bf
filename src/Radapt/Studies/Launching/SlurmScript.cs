using System.Globalization;
using System.Text;

namespace Radapt.Studies.Launching;

/// <summary>The script of an array, a task of which does one cell.</summary>
internal sealed record SlurmScript
{
    /// <summary>The name of the job.</summary>
    public required string Name { get; init; }

    /// <summary>The folder for the logs of the tasks.</summary>
    public required string Logs { get; init; }

    /// <summary>Tasks, numbered from 0.</summary>
    public required int Tasks { get; init; }

    /// <summary>Most tasks at a time; null: as many as Slurm gives.</summary>
    public int? AtATime { get; init; }

    /// <summary>Threads of a task.</summary>
    public required int Threads { get; init; }

    /// <summary>More options of <c>sbatch</c>, as they would be typed.</summary>
    public string? Options { get; init; }

    /// <summary>What a task runs.</summary>
    public required IReadOnlyList<string> Command { get; init; }

    /// <summary>The text. Options of the user come last, and so beat the others.</summary>
    public string Write()
    {
        string limit = AtATime is { } most ? string.Create(CultureInfo.InvariantCulture, $"%{most}") : "";
        return new StringBuilder()
            .Append("#!/bin/bash\n")
            .Append(CultureInfo.InvariantCulture, $"#SBATCH --job-name={Quoted(Name)}\n")
            .Append(CultureInfo.InvariantCulture, $"#SBATCH --array=0-{Tasks - 1}{limit}\n")
            .Append(CultureInfo.InvariantCulture, $"#SBATCH --cpus-per-task={Threads}\n")
            .Append(CultureInfo.InvariantCulture, $"#SBATCH --output={Quoted(Path.Combine(Logs, "task-%a.log"))} --open-mode=append\n")
            .Append(Options is null ? "" : $"#SBATCH {Options}\n")
            .Append(CultureInfo.InvariantCulture, $"exec {string.Join(' ', Command.Select(Quoted))}\n")
            .ToString();
    }

    private static string Quoted(string text) =>
        text.Length > 0 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '.' or '-' or '_' or '%' or '=' or ',') ? text
        : $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
