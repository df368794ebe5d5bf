namespace Radapt.Runs.Predictions;

/// <summary>How a table of predictions is written.</summary>
internal enum PredictionFormat
{
    /// <summary>Commas, decimal points, UTF-8.</summary>
    Csv,

    /// <summary>
    /// Semicolons, decimal commas, UTF-8 with a byte order mark: what Excel opens where numbers have decimal commas, as in German.
    /// </summary>
    CsvSemicolon,

    /// <summary>An Excel workbook.</summary>
    Xlsx,

    /// <summary>One JSON object.</summary>
    Json,
}

/// <summary>Names of formats.</summary>
internal static class PredictionFormats
{
    /// <summary>As they are typed, in the order of <see cref="PredictionFormat"/>.</summary>
    public static IReadOnlyList<string> Names { get; } = ["csv", "csv-semicolon", "xlsx", "json"];

    /// <summary>The format that is asked for, else that of the file's ending, else CSV.</summary>
    /// <param name="name">One of <see cref="Names"/>; null: not asked for.</param>
    /// <param name="file">The file to write.</param>
    /// <exception cref="RadaptException">Name and ending are of different formats.</exception>
    public static PredictionFormat Choose(string? name, string file)
    {
        PredictionFormat? ending = Path.GetExtension(file).ToUpperInvariant() switch
        {
            ".CSV" => PredictionFormat.Csv,
            ".XLSX" => PredictionFormat.Xlsx,
            ".JSON" => PredictionFormat.Json,
            _ => null,
        };
        if (name is null)
        {
            return ending ?? PredictionFormat.Csv;
        }

        var format = (PredictionFormat)Names.Index().First(n => n.Item == name).Index;
        bool agrees = ending is null || ending == format || (ending == PredictionFormat.Csv && format == PredictionFormat.CsvSemicolon);
        return agrees ? format
            : throw new RadaptException($"{file}: its ending does not match --format {name}. Give another -o, or leave --format out.");
    }
}
