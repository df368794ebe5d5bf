namespace Radapt.Datasets.Splits;

/// <summary>
/// One fold of a cross-validation: by patient as <see cref="DrawnSplit"/>, this fold's images are tested, and of the others a share chooses
/// the epoch.
/// </summary>
internal static class FoldSplit
{
    private static readonly int[] s_shares = [85, 15];

    /// <summary>Draws the folds, then train and validation of the rest of one of them; what was done is noted.</summary>
    /// <exception cref="RadaptException">Shares or the fold are impossible, or there are too few patients.</exception>
    public static DrawnSplit Draw(IReadOnlyList<LocatedRow> rows, DataOptions o, int folds, bool hasSplits, string file,
        ICollection<string> notes)
    {
        if (o.Fold is not { } tested || tested < 1 || tested > folds)
        {
            throw new RadaptException(o.Fold is null ? $"--folds {folds} without --fold is only for finetune, which runs all folds; --fold N selects one of them."
                : $"--fold {o.Fold}: there are folds 1 to {folds}.");
        }

        IReadOnlyList<int> shares = o.SplitShares.Count > 0 ? o.SplitShares : s_shares;
        if (shares.Count != 2 || shares.Any(s => s <= 0) || shares.Sum() != 100)
        {
            throw new RadaptException(
                $"--split-shares {string.Join(',', shares)}: with --folds give two numbers above 0 for train "
                    + "and val that add up to 100, such as 85,15.");
        }

        long seed = o.SplitSeed ?? 0;
        string[] all = PatientGroups.For(rows); // rows without a file may tell whose examination it is
        LocatedRow[] known = [.. rows.Where(r => r.Exists)];
        string[] groups = [.. all.Where((_, i) => rows[i].Exists)];
        int[] fold = GroupedSplit.Folds([.. known.Select(r => r.Row.Labels)], groups, folds, seed);
        LocatedRow[] test = [.. known.Where((_, i) => fold[i] == tested - 1)];
        LocatedRow[] rest = [.. known.Where((_, i) => fold[i] != tested - 1)];
        int[] part = GroupedSplit.Draw([.. rest.Select(r => r.Row.Labels)], [.. groups.Where((_, i) => fold[i] != tested - 1)],
            [shares[0], shares[1]], seed);
        List<LocatedRow>[] parts = [[.. rest.Where((_, i) => part[i] == 0)], [.. rest.Where((_, i) => part[i] == 1)], [.. test]];
        notes.Add(
            $"fold {tested} of {folds}, drawn {DrawnSplit.By(known)}, with every finding about as common in each fold (seed {seed}): its {test.Length} images are "
                + $"the test images; of the other {rest.Length}, {parts[1].Count} "
            + $"({shares[1]} %) from other patients choose the epoch, so the test images choose "
            + $"nothing.{(hasSplits ? $" The column 'split' of {file} is not used." : "")}");
        DrawnSplit.AddMissingInPlace(parts, rows);
        return new DrawnSplit(parts,
        [
            new DataChoice("split-shares", shares, "Radapt's choice: train and val of the folds that are not tested"),
            new DataChoice("split-seed", seed, "separate from --seed, so that runs with other seeds are compared on the same folds"),
        ]);
    }
}
