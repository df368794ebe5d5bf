namespace Radapt.Options;

/// <summary>Finds what a mistyped name most likely means.</summary>
internal static class NearestName
{
    private const int MostEdits = 3;

    /// <summary>The known name that is nearest; null where none is near.</summary>
    public static string? Find(string name, IEnumerable<string> known)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(known);
        string? nearest = known.MinBy(k => EditDistance(k, name));
        return nearest is not null && EditDistance(nearest, name) <= MostEdits ? nearest : null;
    }

    private static int EditDistance(string a, string b)
    {
        int[] row = [.. Enumerable.Range(0, b.Length + 1)];
        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int substituted = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(substituted, 1 + Math.Min(row[j - 1], diagonal));
            }
        }

        return row[^1];
    }
}
