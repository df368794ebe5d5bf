using System.Globalization;

namespace Radapt.Models;

/// <summary>The block that a tensor belongs to, by its name.</summary>
internal static class BlockNumber
{
    private const string Prefix = "blocks.";

    /// <summary>The number i in <c>blocks.i.attn.qkv.weight</c>, from 0; null for a tensor outside of the blocks.</summary>
    /// <param name="tensorName">A name as <see cref="VisionTransformer"/> and adapters give it.</param>
    public static int? From(string tensorName)
    {
        if (!tensorName.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return null;
        }

        ReadOnlySpan<char> rest = tensorName.AsSpan(Prefix.Length);
        int end = rest.IndexOf('.');
        return end > 0 && int.TryParse(rest[..end], NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;
    }
}
