using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Radapt.Runs;

namespace Radapt.Pacs;

/// <summary>A short name for everything that decides results.</summary>
internal static class ResultIdentity
{
    /// <summary>Rules as text.</summary>
    public static string Text(DecisionRules? rules) => rules is null ? "" : JsonSerializer.Serialize(rules, RunFolder.Json);

    /// <summary>SHA-256 of texts, hexadecimal.</summary>
    public static string Hash(IEnumerable<string> texts) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\0', texts))));
}
