namespace Radapt.Datasets.Checks;

/// <summary>One problem.</summary>
/// <param name="Image">The image's name as the table has it; null: it is about the table.</param>
/// <param name="Kind">What is wrong.</param>
/// <param name="Severity">How bad it is.</param>
/// <param name="What">One sentence; never names a patient.</param>
/// <param name="Other">The image it is compared with.</param>
internal sealed record DataProblem(string? Image, DataProblemKind Kind, ProblemSeverity Severity, string What, string? Other = null)
{
    /// <summary>What messages call the image: where the data knows patients, the row of the table instead of a name.</summary>
    public string? ShownImage { get => field ?? Image; init; }

    /// <summary>What messages call the other image.</summary>
    public string? ShownOther { get => field ?? Other; init; }

    /// <summary>The kind as it is written: <c>near-duplicate</c>.</summary>
    public string KindName => NameOf(Kind);

    /// <summary>The severity as it is written: <c>error</c>.</summary>
    public string SeverityName => Severity switch { ProblemSeverity.Error => "error", ProblemSeverity.Warning => "warning", _ => "note" };

    /// <summary>A kind as it is written.</summary>
    public static string NameOf(DataProblemKind kind) =>
        string.Concat(kind.ToString().Select((c, i) => char.IsUpper(c) ? $"{(i > 0 ? "-" : "")}{char.ToLowerInvariant(c)}" : $"{c}"));
}
