using System.Globalization;

namespace Radapt.Datasets.Splits;

/// <summary>
/// One fold of a cross-validation: by patient as <see cref="DrawnSplit"/>, this fold's images are tested, and of the others a share chooses
/// the epoch.
/// </summary>
internal static class FoldSplit
{
    private static readonly int[] s_shares = [85, 15];

    /// <summary>
    /// Takes the folds of the table's column, or draws them, then draws train and validation of the rest of one of them; what was done
    /// is noted.
    /// </summary>
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
        bool areGiven = rows.Any(r => r.Row.Fold is not null);
        int[] fold = areGiven ? Given(known, groups, o, folds, file)
            : GroupedSplit.Folds([.. known.Select(r => r.Row.Labels)], groups, folds, seed);
        LocatedRow[] test = [.. known.Where((_, i) => fold[i] == tested - 1)];
        LocatedRow[] rest = [.. known.Where((_, i) => fold[i] != tested - 1)];
        int[] part = GroupedSplit.Draw([.. rest.Select(r => r.Row.Labels)], [.. groups.Where((_, i) => fold[i] != tested - 1)],
            [shares[0], shares[1]], seed);
        List<LocatedRow>[] parts = [[.. rest.Where((_, i) => part[i] == 0)], [.. rest.Where((_, i) => part[i] == 1)], [.. test]];
        notes.Add(
            $"fold {tested} of {folds}, {(areGiven ? $"as the column 'fold' of {file} has it" : $"drawn {DrawnSplit.By(known)}, with every finding about as common in each fold (seed {seed})")}: its {test.Length} images are "
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

    // From 0. A patient in two folds would be tested by a run that learned from the other images.
    private static int[] Given(LocatedRow[] rows, string[] groups, DataOptions o, int folds, string file)
    {
        const string Drawn = "leave the column out to have folds drawn";
        var fold = new int[rows.Length];
        for (int i = 0; i < rows.Length; i++)
        {
            string? cell = rows[i].Row.Fold;
            fold[i] = int.TryParse(cell, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= 1 && number <= folds
                ? number - 1
                : throw new RadaptException(
                    $"{file} line {rows[i].Row.Line}, column 'fold': '{cell}' is not a fold from 1 to {folds} (--folds {folds}). Correct it, or "
                        + $"{Drawn}.");
        }

        if (Enumerable.Range(0, folds).FirstOrDefault(f => !fold.Contains(f), -1) is var empty and >= 0)
        {
            throw new RadaptException(
                $"--folds {folds}: the column 'fold' of {file} has no image of fold {empty + 1}. Give the number of its folds, or {Drawn}.");
        }

        int torn = groups.Zip(fold).Distinct().GroupBy(g => g.First).Count(g => g.Count() > 1);
        return torn == 0 || o.AllowOverlap ? fold
            : throw new RadaptException(
                $"{file}: the column 'fold' has images of {Plural.Count(torn, "patient")} in more than one fold, so these would be tested by runs "
                    + $"that learned from them. Correct it, {Drawn}, or accept it with --allow-overlap.");
    }
}
