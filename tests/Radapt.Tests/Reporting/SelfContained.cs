using System.Text.RegularExpressions;

namespace Radapt.Tests.Reporting;

/// <summary>What a page could ask the network for.</summary>
internal static partial class SelfContained
{
    /// <summary>Every address in a page that is neither within it (<c>#…</c>) nor part of it (<c>data:</c>).</summary>
    public static IReadOnlyList<string> Requests(string html) =>
    [
        .. Attribute().Matches(html).Select(m => m.Groups[1].Value)
            .Where(v => !v.StartsWith('#') && !v.StartsWith("data:", StringComparison.Ordinal)),
        .. Style().Matches(html).Select(m => m.Value), .. Elsewhere().Matches(html).Select(m => m.Value),
    ];

    [GeneratedRegex("\\b(?:src|href|srcset|action|poster|data|xlink:href)\\s*=\\s*[\"']?([^\"'\\s>]*)", RegexOptions.IgnoreCase)]
    private static partial Regex Attribute();

    [GeneratedRegex(@"@import\b|url\s*\(\s*[""']?(?!data:)", RegexOptions.IgnoreCase)]
    private static partial Regex Style();

    [GeneratedRegex(@"https?://|<\s*(?:script|link|iframe|object|embed|base)\b", RegexOptions.IgnoreCase)]
    private static partial Regex Elsewhere();
}
