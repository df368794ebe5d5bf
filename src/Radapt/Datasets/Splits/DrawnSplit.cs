namespace Radapt.Datasets.Splits;

/// <summary>
/// A split that was drawn because the table has none: by patient, else by examination, else image by image, with every finding's labels
/// shared out alike.
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
        string[] all = PatientGroups.For(rows); // rows without a file may tell whose examination it is
        LocatedRow[] known = [.. rows.Where(r => r.Exists)];
        string[] groups = [.. all.Where((_, i) => rows[i].Exists)];
        int[] part = GroupedSplit.Draw([.. known.Select(r => r.Row.Labels)], groups, [.. shares.Select(s => (double)s)], seed);
        List<LocatedRow>[] parts = [.. Split.Names.Select((_, p) => known.Where((_, i) => part[i] == p).ToList())];
        AddMissingInPlace(parts, rows);
        notes.Add(
            $"{file} has no column 'split': its images were divided {string.Join(" : ", shares)} {By(known)}, with every finding about as common in each part (seed "
                + $"{seed}): {Counts(parts, known)}.");
        return new DrawnSplit(parts,
        [
            new DataChoice("split-shares", shares, "the table has no column 'split'; the usual shares"),
            new DataChoice("split-seed", seed, "separate from --seed, so that runs with other seeds are compared on the same images"),
        ]);
    }

    /// <summary>
    /// Adds rows without a file, to be counted with the others that are missing, to the part of their patient's images; those whose patient
    /// has none go to train.
    /// </summary>
    public static void AddMissingInPlace(List<LocatedRow>[] parts, IReadOnlyList<LocatedRow> rows)
    {
        string[] groups = PatientGroups.For(rows);
        Dictionary<LocatedRow, int> partOf = parts.Index().SelectMany(p => p.Item.Select(r => (r, p.Index)))
            .ToDictionary(p => p.r, p => p.Index, (IEqualityComparer<LocatedRow>)ReferenceEqualityComparer.Instance);
        var partOfGroup = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int i = 0; i < rows.Count; i++)
        {
            if (partOf.TryGetValue(rows[i], out int part))
            {
                partOfGroup.TryAdd(groups[i], part);
            }
        }

        for (int i = 0; i < rows.Count; i++)
        {
            if (!rows[i].Exists)
            {
                parts[partOfGroup.GetValueOrDefault(groups[i])].Add(rows[i]);
            }
        }
    }

    /// <summary>What rows were kept together by, in words.</summary>
    public static string By(IReadOnlyList<LocatedRow> rows)
    {
        int alone = rows.Count(r => r.Row.Patient is null && r.Row.Study is null);
        int studies = rows.Count(r => r.Row.Patient is null && r.Row.Study is not null);
        return alone == rows.Count
            ? "image by image, because no patients are known (a column 'patient' would keep each patient's images together)"
            : alone + studies == 0 ? "by patient"
            : $"by patient, where known ({alone + studies} images have no patient: {studies} of them by examination, {alone} one by one)";
    }

    private static string Counts(List<LocatedRow>[] parts, LocatedRow[] known)
    {
        bool anyPatients = known.Any(r => r.Row.Patient is not null);
        return string.Join(", ", parts.Index().Where(p => p.Item.Count > 0).Select(p =>
        {
            LocatedRow[] there = [.. p.Item.Where(r => r.Exists)];
            string patients = anyPatients ? $" of {Plural.Count(PatientGroups.For(there).Distinct().Count(), "patient")}" : "";
            return $"{Split.Names[p.Index]} {Plural.Count(there.Length, "image")}{patients}";
        }));
    }
}
