using System.IO.Hashing;
using System.Text;
using Radapt.Compute;

namespace Radapt.Datasets.Splits;

/// <summary>Rows that a draw never takes apart: the images of a patient, or an image whose patient is unknown.</summary>
internal sealed class LabelGroup
{
    private LabelGroup(string name, int[] rows, IReadOnlyList<IReadOnlyList<sbyte>> labels)
    {
        Name = name;
        Rows = rows;
        Counts = new int[3 * labels[rows[0]].Count];
        foreach (int row in rows)
        {
            for (int f = 0; f < labels[row].Count; f++)
            {
                Counts[(3 * f) + labels[row][f] switch { 1 => 0, 0 => 1, _ => 2 }]++;
            }
        }
    }

    public string Name { get; }

    /// <summary>Numbers of its rows.</summary>
    public int[] Rows { get; }

    /// <summary>Positives of finding f at 3f, negatives at 3f + 1, unknown at 3f + 2.</summary>
    public int[] Counts { get; }

    /// <summary>Whether the draw has placed it.</summary>
    public bool Taken { get; set; }

    /// <summary>Whether an entry of <see cref="Counts"/> is of positives or negatives, which a draw has to have some of.</summary>
    public static bool IsKnown(int label) => label % 3 < 2;

    /// <summary>The groups, in an order that depends on the seed and their names, not on the order of the rows.</summary>
    /// <param name="labels">A row each: 1, 0 or -1 per finding.</param>
    /// <param name="names">The name of each row's group.</param>
    /// <param name="seed">Of the order.</param>
    public static LabelGroup[] Group(IReadOnlyList<IReadOnlyList<sbyte>> labels, IEnumerable<string> names, long seed) =>
    [
        .. names.Select((name, row) => (name, row))
            .GroupBy(p => p.name, p => p.row, StringComparer.Ordinal)
            .Select(g => new LabelGroup(g.Key, [.. g], labels))
            .OrderBy(g => new KeyedRandom(seed, RandomPurpose.Selection, Key(g.Name)).NextUInt64())
            .ThenBy(g => g.Name, StringComparer.Ordinal),
    ];

    private static long Key(string name) => unchecked((long)XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(name)));
}
