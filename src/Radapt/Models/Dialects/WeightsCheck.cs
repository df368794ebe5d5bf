using System.Globalization;
using System.Text.RegularExpressions;
using Radapt.Checkpoints;

namespace Radapt.Models.Dialects;

/// <summary>Says in one message how a checkpoint's encoder differs from the model it is meant for.</summary>
internal static partial class WeightsCheck
{
    private const int Shown = 6; // of each kind of difference

    /// <summary>
    /// Compares names and shapes. The grid of <c>pos_embed</c> may differ, since it is resized; a final norm may be more than the model
    /// has.
    /// </summary>
    /// <exception cref="RadaptException">Tensors are missing, unexpected or of another shape.</exception>
    public static void Ensure(CheckpointFile file, RecognisedWeights recognised, IReadOnlyList<(string Name, long[] Shape)> expected)
    {
        var wanted = expected.ToDictionary(e => e.Name, e => e.Shape, StringComparer.Ordinal);
        IReadOnlyDictionary<string, TensorParts> found = recognised.Encoder;
        List<string> missing = [.. expected.Select(e => e.Name).Where(n => !found.ContainsKey(n))];
        List<string> unexpected = [.. found.Keys.Where(n => !wanted.ContainsKey(n) && !n.StartsWith("norm.", StringComparison.Ordinal))];
        string[] misshaped =
        [
            .. expected.Where(e => found.ContainsKey(e.Name)).Select(e => (e.Name, e.Shape, Found: found[e.Name].ShapeIn(file)))
                .Where(e => e.Found is null || !Fits(e.Name, e.Found, e.Shape))
                .GroupBy(
                    e => $"{(e.Found is null ? "in parts that do not fit together" : TensorInfo.ShapeOf(e.Found))} instead of "
                        + $"{TensorInfo.ShapeOf(e.Shape)}", e => e.Name)
                .SelectMany(g => Abbreviated(g).Select(n => $"{n} is {g.Key}")),
        ];
        string[] noFloats = [.. found.Where(f => wanted.ContainsKey(f.Key) && !f.Value.HoldsFloats(file)).Select(f => f.Key)];
        string[] differences =
        [
            .. Part("missing", Abbreviated(missing)), .. Part("unexpected", Abbreviated(unexpected)),
            .. Part("of another shape", misshaped), .. Part("without floats", Abbreviated(noFloats)),
        ];
        if (differences.Length > 0)
        {
            string own = recognised.Shape is { } s
                ? $"the backbone of the weights is {s.Name ?? "not one of timm's"} ({s})"
                : "the dimensions of the backbone of the weights cannot be determined";
            throw new RadaptException(
                $"{file.Path} ({recognised.Description}) does not fit the model: {string.Join("; ", differences)}. "
                    + $"Choose the backbone that fits: {own}.");
        }
    }

    /// <summary>Names that differ in the block's number only become one: <c>blocks.0..11.attn.qkv.weight</c>.</summary>
    public static IReadOnlyList<string> Abbreviated(IEnumerable<string> names) =>
        [.. names.Select(n => (Name: n, Match: Block().Match(n)))
            .GroupBy(n => n.Match.Success ? (n.Match.Groups["rest"].Value, true) : (n.Name, false))
            .Select(g => g.Key.Item2
                ? $"blocks.{Runs(g.Select(n => int.Parse(n.Match.Groups["block"].Value, CultureInfo.InvariantCulture)))}.{g.Key.Item1}"
                : g.Key.Item1)];

    private static IEnumerable<string> Part(string kind, IReadOnlyList<string> items)
    {
        if (items.Count > 0)
        {
            yield return $"{kind}: {Listing.First(Shown, items)}";
        }
    }

    private static bool Fits(string name, IReadOnlyList<long> found, long[] expected) =>
        name == "pos_embed" ? found is [1, > 0, var width] && expected is [_, _, var needed] && width == needed
            : found.SequenceEqual(expected);

    private static string Runs(IEnumerable<int> numbers)
    {
        var runs = new List<(int First, int Last)>();
        foreach (int number in numbers.Order())
        {
            if (runs.Count > 0 && runs[^1].Last + 1 >= number)
            {
                runs[^1] = (runs[^1].First, number);
            }
            else
            {
                runs.Add((number, number));
            }
        }

        return string.Join(',', runs.Select(r => r.First == r.Last ? $"{r.First}" : $"{r.First}..{r.Last}"));
    }

    [GeneratedRegex(@"^blocks\.(?<block>[0-9]{1,4})\.(?<rest>.+)$")]
    private static partial Regex Block();
}
