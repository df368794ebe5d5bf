using System.Text.Json;

namespace Radapt.Runs;

/// <summary>
/// Calibration, thresholds and conformal limits of a run, in <c>decisions.json</c> of its folder. They belong to one adapter, or to the
/// mean of the folds of a cross-validation, and are never fitted again on the images that they are used for.
/// </summary>
internal sealed record DecisionRules
{
    /// <summary>The file in a run folder.</summary>
    public const string FileName = "decisions.json";

    /// <summary>The schema that this version writes and reads.</summary>
    public const int CurrentSchema = 1;

    /// <summary>What the rules of one run are fitted on.</summary>
    public const string ValidationImages = "validation images";

    /// <summary>What the rules of a cross-validation are fitted on.</summary>
    public const string OutOfFoldImages = "out-of-fold images";

    private static readonly JsonSerializerOptions s_indented = new(RunFolder.Json) { WriteIndented = true };

    /// <summary>Number of the schema.</summary>
    public int Schema { get; init; } = CurrentSchema;

    /// <summary><see cref="ValidationImages"/> or <see cref="OutOfFoldImages"/>.</summary>
    public required string FittedOn { get; init; }

    /// <summary>How many images these are.</summary>
    public required int Images { get; init; }

    /// <summary>Of how many patients; null: not known.</summary>
    public int? Patients { get; init; }

    /// <summary>The sensitivity that <see cref="Metrics.ThresholdRule.Sensitivity"/> reached there.</summary>
    public required double Sensitivity { get; init; }

    /// <summary>The specificity that <see cref="Metrics.ThresholdRule.Specificity"/> reached there.</summary>
    public required double Specificity { get; init; }

    /// <summary>SHA-256 of the adapter files whose mean scores they read.</summary>
    public required IReadOnlyList<string> Adapters { get; init; }

    /// <summary>The rules, of findings for which there are enough images.</summary>
    public required IReadOnlyList<FindingRules> Findings { get; init; }

    /// <summary>Why other findings have none, by finding.</summary>
    public IReadOnlyDictionary<string, string> NotFitted { get; init; } = new Dictionary<string, string>();

    /// <summary>The rules of a finding; null: it has none.</summary>
    public FindingRules? For(string finding) => Findings.FirstOrDefault(f => f.Finding == finding);

    /// <summary>A sentence on what they were fitted on.</summary>
    public string Source => $"{Plural.Count(Images, "image")}{(Patients is { } known ? $" of {Plural.Count(known, "patient")}" : "")}"
        + $", the {FittedOn}";

    /// <summary>The hash by which an adapter file is known.</summary>
    /// <exception cref="RadaptException">It cannot be read.</exception>
    public static string AdapterHash(string file) => RunFileHashes.Compute(file);

    /// <summary>The rules on one line, as in the file.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, RunFolder.Json);

    /// <summary>Writes the file.</summary>
    /// <exception cref="RadaptException">It cannot be written.</exception>
    public void Write(string path) => AtomicFile.WriteText(path, JsonSerializer.Serialize(this, s_indented) + "\n");

    /// <summary>The rules in a run's folder.</summary>
    /// <param name="run">Run folder, folder of a cross-validation, or adapter file.</param>
    /// <param name="adapters">The adapter files that are used: one, or those of all folds.</param>
    /// <returns>Null: the run has none.</returns>
    /// <exception cref="RadaptException">The file is damaged, was changed, or belongs to another adapter.</exception>
    public static DecisionRules? Find(string run, IReadOnlyList<string> adapters)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(adapters);
        string folder = File.Exists(run) ? Path.GetDirectoryName(Path.GetFullPath(run))! : run;
        string file = Path.Combine(folder, FileName);
        if (!File.Exists(file))
        {
            return null;
        }

        if (RunRecord.ReadUnlessRewritten(folder) is { } record)
        {
            RunFileHashes.Require(record, file);
        }

        DecisionRules rules = Read(file);
        return rules.Adapters.SequenceEqual(adapters.Select(AdapterHash)) ? rules
            : throw new RadaptException(
                $"{file}: these calibrations and thresholds were fitted for another adapter than {adapters[0]}, so they do not hold for "
                    + "it. Restore the run folder from its backup, or remove this file to predict without them.");
    }

    private static DecisionRules Read(string file)
    {
        try
        {
            DecisionRules rules = JsonSerializer.Deserialize<DecisionRules>(File.ReadAllText(file), RunFolder.Json)
                ?? throw new JsonException("it is empty");
            return rules.Schema == CurrentSchema ? rules
                : throw new RadaptException(
                    $"{file}: was written by a newer version of radapt (schema {rules.Schema}). Update radapt, or remove this file to "
                        + "predict without calibration and thresholds.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or NotSupportedException)
        {
            throw new RadaptException($"{file}: cannot be read ({e.Message}). Take the run folder from its backup.", e);
        }
    }
}
