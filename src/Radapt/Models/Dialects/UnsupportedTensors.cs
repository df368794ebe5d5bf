using System.Text.RegularExpressions;

namespace Radapt.Models.Dialects;

/// <summary>
/// Tensors that change what an encoder computes and that Radapt's transformer does not have. Leaving them out would train another model
/// than the file holds, so such files are refused by these names; what comes after the encoder, or served pre-training only, is not here.
/// </summary>
internal static partial class UnsupportedTensors
{
    /// <summary>Those of a state dict outside of its blocks; what is superfluous in a block, <see cref="WeightsCheck"/> names.</summary>
    /// <param name="names">The state dict.</param>
    /// <param name="dialect">Whose names it uses: decoders and heads are not the encoder's.</param>
    /// <param name="used">Names in the file that are read.</param>
    public static IReadOnlyList<string> Find(StateDict names, DialectNames dialect, IReadOnlySet<string> used) =>
        WeightsCheck.Abbreviated(names.Select(n => IsBeforeHead(n) && dialect.LeftOut(n).Group == "other tensors")
            .Where(n => !used.Contains(n.Value)).Select(n => n.Key));

    // Outside of the blocks: tokens, positions, embeddings and norms before them.
    private static bool IsBeforeHead(string name) => Outside().IsMatch(name);

    [GeneratedRegex(
        @"^(embeddings\.|patch_embed(ding)?s?\.|(encoder\.|embeddings\.)?(norm_?pre|pre_?norm|ln_?pre|pre_?layernorm|embed_?norm|norm_?embed|rope|rotary|rel_?pos|relative_position)|[a-z0-9_]*_?(token|tokens|pos_?embed|position_?embeddings?|embed|embedding)(\.|$|_[a-z]$))")]
    private static partial Regex Outside();
}
