using Radapt.Datasets;
using Radapt.Options;

namespace Radapt.Runs;

/// <summary>Everything that decides a run's result: what must be the same when it is resumed. Saved with its state.</summary>
internal sealed record RunIdentity
{
    /// <summary>Fingerprint of the data; see <see cref="DataFingerprint.All"/>.</summary>
    public required string Data { get; init; }

    /// <summary>Hash of the base weights' tensors; <c>scratch:SEED</c> for random ones.</summary>
    public required string BaseWeights { get; init; }

    /// <summary>The recipe's options by name, without those that may be given on resume.</summary>
    public required IReadOnlyDictionary<string, string> Options { get; init; }

    /// <summary>Refuses to go on with a run that something else would then decide.</summary>
    /// <param name="now">The identity now; this one is that of the run as it began.</param>
    /// <param name="folder">The run's folder.</param>
    /// <exception cref="RadaptException">Data, base weights or an option differ.</exception>
    public void RequireSame(RunIdentity now, string folder)
    {
        RequireSameOptions(Options, now.Options, folder);
        if (BaseWeights != now.BaseWeights)
        {
            throw new RadaptException(
                $"{folder}: this run began with other base weights (the hash of their tensors is {Short(BaseWeights)}, now it is "
                    + $"{Short(now.BaseWeights)}). "
                + "Give the original ones with --weights, or start a new run with another --out.");
        }

        if (Data != now.Data)
        {
            throw new RadaptException(
                $"{folder}: the data changed since this run began (images or labels differ). Restore "
                    + "it, or start a new run with another --out.");
        }
    }

    /// <summary>Refuses options that differ from those that a run began with.</summary>
    /// <param name="began">The run's options by name.</param>
    /// <param name="now">The options now; one that is missing here is not compared.</param>
    /// <param name="folder">The run's folder.</param>
    /// <exception cref="RadaptException">An option differs; the message names it.</exception>
    public static void RequireSameOptions(IReadOnlyDictionary<string, string> began, IReadOnlyDictionary<string, string> now, string folder)
    {
        foreach ((string name, string value) in began)
        {
            // Runs of older versions did not record which findings they found; the data's fingerprint holds those.
            bool isRecorded = value.Length > 0 || name != OptionTable.Find((DataOptions d) => d.Findings).Name;
            if (isRecorded && now.TryGetValue(name, out string? other) && other != value)
            {
                throw new RadaptException(
                    $"{folder}: this run began with {name} {value}, not {other}. Restore its recipe.yaml as it was "
                        + "then, or start a new run in another folder.");
            }
        }
    }

    private static string Short(string hash) => hash.Length <= 16 ? hash : hash[..12] + "…";
}
