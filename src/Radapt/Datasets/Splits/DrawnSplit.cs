namespace Radapt.Datasets.Splits;

/// <summary>
/// A split that was drawn because the table has none: by patient, else by examination, else image by image, with every finding's labels
/// shared
/// out alike.
/// </summary>
/// <param name="Parts">Train, val and test.</param>
/// <param name="Choices">Shares and seed, where they were chosen for the user.</param>
internal sealed record DrawnSplit(List<LocatedRow>[] Parts, IReadOnlyList<DataChoice> Choices)
{
    private static readonly int[] s_shares = [70, 10, 20];

    /// <summary>Draws a split; what was done is noted.</summary>
    /// <exception cref="RadaptException">Shares are impossible, or there are too few patients.</exception>
    public static DrawnSplit Draw(IReadOnlyList<LocatedRow> rows, DataOptions o, string file, ICollection<string> notes)
    {
        IReadOnlyList<int> shares = o.SplitShares.Count > 0 ? o.SplitShares : s_shares;
        if (shares.Count is not (2 or 3) || shares.Any(s => s <= 0) || shares.Sum() != 100)
        {
            throw new RadaptException(
                $"--split-shares {string.Join(',', shares)}: give two or three numbers above 0 for train, val and "
                    + "test that add up to 100, such as 70,10,20.");
        }

        long seed = o.SplitSeed ?? 0;
        LocatedRow[] known = [.. rows.Where(r => r.Exists)];
        int[] part = GroupedSplit.Draw([.. known.Select(r => r.Row.Labels)], [.. known.Select(Group)],
            [.. shares.Select(s => (double)s)], seed);
        List<LocatedRow>[] parts = [.. Split.Names.Select((_, p) => known.Where((_, i) => part[i] == p).ToList())];
        parts[0].AddRange(rows.Where(r => !r.Exists)); // to be counted with the others that are missing
        notes.Add(
            $"{file} has no column 'split': its images were shared out {string.Join(" : ", shares)} {By(known)}, every finding alike (seed "
                + $"{seed}): {Counts(parts, known)}.");
        return new DrawnSplit(parts,
        [
            new DataChoice("split-shares", shares, "the table has no column 'split'; the usual shares"),
            new DataChoice("split-seed", seed, "apart from --seed, so that runs of other seeds are compared on the same images"),
        ]);
    }

    /// <summary>What must not be torn apart.</summary>
    public static string Group(LocatedRow row) => row.Row.Patient is { } patient ? "patient:" + patient
        : row.Row.Study is { } study ? "study:" + study : "image:" + row.Row.Name;

    /// <summary>What rows were kept together by, in words.</summary>
    public static string By(IReadOnlyList<LocatedRow> rows)
    {
        int alone = rows.Count(r => r.Row.Patient is null && r.Row.Study is null);
        int studies = rows.Count(r => r.Row.Patient is null && r.Row.Study is not null);
        return alone == rows.Count
            ? "image by image, since nothing tells the patients (a column 'patient' would keep each patient's images together)"
            : alone + studies == 0 ? "by patient"
            : $"by patient, where known ({alone + studies} images have none: {studies} go by examination, {alone} one by one)";
    }

    private static string Counts(List<LocatedRow>[] parts, LocatedRow[] known)
    {
        bool anyPatients = known.Any(r => r.Row.Patient is not null);
        return string.Join(", ", parts.Index().Where(p => p.Item.Count > 0).Select(p =>
        {
            LocatedRow[] there = [.. p.Item.Where(r => r.Exists)];
            string patients = anyPatients ? $" of {Plural.Count(there.Select(Group).Distinct().Count(), "patient")}" : "";
            return $"{Split.Names[p.Index]} {Plural.Count(there.Length, "image")}{patients}";
        }));
    }
}
