namespace Radapt.Datasets.Published;

/// <summary>
/// A policy for every finding, as <c>--uncertainty</c> gives them. Blank (not mentioned in the report) counts as absent under
/// zeros and ones, as in Irvin et al. 2019 and the paper's lists, and is masked under ignore.
/// </summary>
internal sealed class UncertaintyPolicies
{
    /// <summary>What a value may be.</summary>
    public const string Expected = "ignore, zeros, ones, paper or FINDING=ignore|zeros|ones";

    /// <summary>The paper's policies.</summary>
    public const string Paper = "paper";

    // The paper's lists, checked against CheXpert's own table. It names no others; absent is what most work takes for these.
    private static readonly string[] s_onesInPaper = ["Atelectasis", "Edema", "Pleural Effusion"];

    private readonly UncertaintyPolicy? _all; // null: paper
    private readonly Dictionary<string, UncertaintyPolicy> _single;

    private UncertaintyPolicies(UncertaintyPolicy? all, Dictionary<string, UncertaintyPolicy> single) => (_all, _single) = (all, single);

    /// <summary>Whether one value of the option is well-formed.</summary>
    public static bool IsValue(string value)
    {
        int end = value.LastIndexOf('=');
        return end > 0 ? PolicyOf(value[(end + 1)..]) is not null : value == Paper || PolicyOf(value) is not null;
    }

    /// <summary>The policies that the option's values give; none: the paper's. A single finding's beats that of all.</summary>
    /// <param name="values">Well-formed values.</param>
    /// <param name="findings">Findings that there are.</param>
    public static UncertaintyPolicies Parse(IReadOnlyList<string> values, IReadOnlyList<string> findings)
    {
        if (values.FirstOrDefault(v => !IsValue(v)) is { } wrong)
        {
            throw new RadaptException($"--uncertainty: '{wrong}' is not {Expected}.");
        }

        string[] all = [.. values.Where(v => !v.Contains('=', StringComparison.Ordinal))];
        if (all.Length > 1)
        {
            throw new RadaptException(
                $"--uncertainty {string.Join(',', all)}: only one policy can be for all findings; write the others as FINDING=policy.");
        }

        var single = new Dictionary<string, UncertaintyPolicy>(StringComparer.Ordinal);
        foreach (string value in values.Except(all))
        {
            int end = value.LastIndexOf('=');
            string finding = value[..end];
            if (!findings.Contains(finding) || !single.TryAdd(finding, PolicyOf(value[(end + 1)..])!.Value))
            {
                throw new RadaptException(
                    $"--uncertainty {value}: "
                        + $"{(findings.Contains(finding) ? "this finding has two policies" : $"there is no finding '{finding}'; there are {string.Join(", ", findings)}")}.");
            }
        }

        return new UncertaintyPolicies(all.Length == 0 ? null : PolicyOf(all[0]), single);
    }

    /// <summary>The policy of a finding.</summary>
    public UncertaintyPolicy this[string finding] => _single.TryGetValue(finding, out UncertaintyPolicy policy) ? policy
        : _all ?? PaperFor(finding);

    /// <summary>Whether all of these findings have the policy that the paper's lists were made with.</summary>
    public bool ArePaper(IEnumerable<string> findings) => findings.All(f => this[f] == PaperFor(f));

    /// <summary>The policies in words: <c>ones for Edema; zeros for Cardiomegaly</c>.</summary>
    public string Describe(IEnumerable<string> findings) =>
        string.Join("; ", findings.GroupBy(f => this[f]).OrderBy(g => g.Key).Select(g => $"{Name(g.Key)} for {string.Join(", ", g)}"));

    private static UncertaintyPolicy PaperFor(string finding) => s_onesInPaper.Contains(finding) ? UncertaintyPolicy.Ones
        : UncertaintyPolicy.Zeros;

    private static UncertaintyPolicy? PolicyOf(string name) => name switch
    {
        "ignore" => UncertaintyPolicy.Ignore,
        "zeros" => UncertaintyPolicy.Zeros,
        "ones" => UncertaintyPolicy.Ones,
        _ => null,
    };

    private static string Name(UncertaintyPolicy policy) => policy switch
    {
        UncertaintyPolicy.Ignore => "ignore",
        UncertaintyPolicy.Zeros => "zeros",
        _ => "ones",
    };
}
