namespace Radapt.Datasets.Matching;

/// <summary>
/// Which projections are used: <c>frontal</c>, <c>all</c>, or some of PA, AP, LL, RL, LAT, OTHER. Views that nobody states are always used.
/// </summary>
internal sealed class ViewFilter
{
    private const string PosteroAnterior = "PA";
    private const string AnteroPosterior = "AP";
    private const string Frontal = "FRONTAL"; // PA or AP
    private const string Lateral = "LAT";
    private const string Other = "OTHER";

    private static readonly Dictionary<string, string[]> s_named = new(StringComparer.OrdinalIgnoreCase)
    {
        ["frontal"] = [PosteroAnterior, AnteroPosterior, Frontal],
        ["all"] = [PosteroAnterior, AnteroPosterior, Frontal, Lateral, Other],
        ["PA"] = [PosteroAnterior],
        ["AP"] = [AnteroPosterior],
        ["LL"] = [Lateral],
        ["RL"] = [Lateral],
        ["LAT"] = [Lateral],
        ["OTHER"] = [Other],
    };

    private readonly HashSet<string> _accepted;

    /// <summary>A filter of valid names; see <see cref="Names"/>.</summary>
    public ViewFilter(IReadOnlyList<string> names)
    {
        Text = string.Join(',', names);
        _accepted = [.. names.SelectMany(n => s_named[n])];
    }

    /// <summary>As it is typed.</summary>
    public string Text { get; }

    /// <summary>The names; LL, RL and LAT all mean lateral.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. s_named.Keys];

    /// <summary>Whether images of this view are used.</summary>
    /// <param name="view">As a table or header writes it; null or empty: not stated.</param>
    public bool Accepts(string? view) => Kind(view) is not { } kind || _accepted.Contains(kind);

    /// <summary>Whether a view is stated.</summary>
    public static bool IsKnown(string? view) => Kind(view) is not null;

    // Tables write more than the standard's codes, such as "AP Supine" or "chest pa".
    private static string? Kind(string? view)
    {
        string[] words = string.Concat((view ?? "").Where(c => c != '.').Select(c => char.IsLetter(c) ? char.ToUpperInvariant(c) : ' '))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return words.Length == 0 || (words.Length == 1 && words[0] is "UNKNOWN" or "NA" or "NAN") ? null
            : words.Any(w => w is "L" or "LL" or "RL" or "LAT" or "LLAT" or "RLAT" or "LATERAL" or "SEITLICH") ? Lateral
            : words.Any(w => w is "PA" or "POSTEROANTERIOR") ? PosteroAnterior
            : words.Any(w => w is "AP" or "ANTEROPOSTERIOR") ? AnteroPosterior
            : words.Contains(Frontal) ? Frontal
            : Other;
    }
}
