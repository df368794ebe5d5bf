using Radapt.Datasets.Splits;
using Radapt.Datasets.Tables;

namespace Radapt.Datasets.Published;

/// <summary>What is asked of a published data set.</summary>
/// <param name="Source">The data set and its folder.</param>
/// <param name="Findings">Findings it has, in the order wanted.</param>
/// <param name="Options">Splits, label fraction, uncertainty, image root.</param>
/// <param name="Wanted">Splits to read; the others are left empty.</param>
/// <param name="Notes">Receives lines to print.</param>
internal sealed record PublishedRequest(
    PublishedSource Source, IReadOnlyList<string> Findings, DataOptions Options, IReadOnlyCollection<string> Wanted,
        ICollection<string> Notes)
{
    /// <summary>The folder.</summary>
    public string Folder => Source.Folder;

    /// <summary>Values chosen for the user, with reasons.</summary>
    public List<DataChoice> Choices { get; } = [];

    /// <summary>Whether anything was drawn, so that the seed of the split matters.</summary>
    public bool HasDrawn { get; private set; }

    /// <summary>Whether the rows of a split are wanted.</summary>
    public bool Wants(string split) => Wanted.Contains(split);

    /// <summary>The rows with the asked-for labels alone.</summary>
    /// <param name="known">The findings that the rows are labelled for.</param>
    /// <param name="rows">The rows.</param>
    public IReadOnlyList<LabelRow> Pick(IReadOnlyList<string> known, IEnumerable<LabelRow> rows)
    {
        int[] columns = [.. Findings.Select(f => known.ToList().IndexOf(f))];
        return [.. rows.Select(r => r with { Labels = [.. columns.Select(c => r.Labels[c])] })];
    }

    /// <summary>The split set that is asked for, else the first that there is, which is recorded as a choice.</summary>
    /// <param name="there">Names of the sets that there are, each with what it is.</param>
    public string SplitName(IReadOnlyList<(string Name, string Reason)> there)
    {
        if (Options.SplitName is not { } asked)
        {
            string others = there.Count > 1 ? $"; there is also {string.Join(", ", there.Skip(1).Select(t => t.Name))}" : "";
            Choices.Add(new DataChoice("split-name", there[0].Name, there[0].Reason + others));
            return there[0].Name;
        }

        return there.Any(t => t.Name == asked) ? asked
            : throw new RadaptException(
                $"--split-name {asked}: {Source.Text} has no such splits; it has "
                    + $"{string.Join(", ", there.Select(t => $"{t.Name} ({t.Reason})"))}.");
    }

    /// <summary>The images are wanted whatever their split, so that nothing need be drawn.</summary>
    public bool Whole { get; init; }

    /// <summary>The part of every row, from 0, drawn by patient; the seed is recorded as a choice.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="labels">Labels that every part is to have its share of: not those asked for, so that the split does not depend on
    /// them.</param>
    /// <param name="shares">The parts' shares.</param>
    /// <param name="what">What is drawn, for the user.</param>
    public int[] Draw(IReadOnlyList<LabelRow> rows, IReadOnlyList<sbyte[]> labels, double[] shares, string what)
    {
        if (Whole)
        {
            return new int[rows.Count];
        }

        long seed = Options.SplitSeed ?? 0;
        HasDrawn = true;
        Choices.Add(new DataChoice("split-seed", seed, "the same split for every --seed"));
        int[] parts = GroupedSplit.Draw(labels, [.. rows.Select(r => r.Patient)], shares, seed);
        Notes.Add($"{Source.Text}: {what}, by patient and balanced over the findings (--split-seed {seed}).");
        return parts;
    }
}
