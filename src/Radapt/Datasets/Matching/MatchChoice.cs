using Radapt.Datasets.Tables;
using Radapt.Options;

namespace Radapt.Datasets.Matching;

/// <summary>
/// Chooses among the columns and kinds by which rows can be matched. The most rows win; but where another way matches many rows too, with
/// other files, one of the two is wrong, and labels would go to other patients' images. A way that cannot coincide by chance is then taken
/// before bare numbers, and said; otherwise the user has to choose.
/// </summary>
internal static class MatchChoice
{
    private const double GoodShare = 0.5; // of the rows: so many do not match by accident
    private const double NearlyAsMany = 0.8; // of the rows that the other way matches
    private const double Suspicious = 0.1; // of the rows: enough to doubt bare numbers
    private const int FewestSuspicious = 3;

    /// <summary>The way to take; ties go to the first.</summary>
    /// <param name="ways">All that may be tried, in the order of preference.</param>
    /// <param name="cells">The table.</param>
    /// <param name="image">The column that names images by its own name or by an option; -1: none does.</param>
    /// <param name="notes">Receives a line on a way that was not taken.</param>
    /// <exception cref="RadaptException">Two ways contradict each other, and neither is better.</exception>
    public static RowMatch Choose(IReadOnlyList<RowMatch> ways, CsvCells cells, int image, ICollection<string> notes)
    {
        RowMatch best = ways.MaxBy(w => w.Score)!; // the first of equals
        RowMatch[] rivals = [.. ways.Where(w => w != best && IsRival(w, best, cells.Rows.Count))];
        if (rivals.Length == 0)
        {
            return best;
        }

        RowMatch[] all = [best, .. rivals];
        int strongest = all.Max(w => Strength(w, image));
        RowMatch[] strong = [.. all.Where(w => Strength(w, image) == strongest)];
        RowMatch chosen = strong.MaxBy(w => w.Score)!;
        bool isClear = chosen.Matched >= NearlyAsMany * best.Matched
            && strong.All(w => 2 * w.Disagreements(chosen) <= w.Matched);
        RowMatch other = chosen == best ? rivals[0] : best;
        if (!isClear || all.All(w => w == chosen || Strength(w, image) == strongest))
        {
            RowMatch second = chosen == best ? rivals[0] : chosen;
            throw new RadaptException(
                $"{cells.File}: rows can be matched to files in two ways that contradict each other: {Told(best)} and {Told(second)}; "
                    + $"{best.Disagreements(second)} rows would get different files. Say which is right: "
                    + $"{Options(best)}, or {Options(second)}.");
        }

        notes.Add(
            $"{cells.File}: {Told(other)}, too, but {chosen.Disagreements(other)} of them with other files than "
                + $"{chosen.InWords(cells.Header)}. It is not "
                + $"used, because {(other.IsOfBareNumbers ? "bare numbers often coincide" : "it is less specific")} "
                + $"({Options(other)} uses it anyway).");
        return chosen;

        string Told(RowMatch way) => $"{way.InWords(cells.Header)} matches {way.Matched} of {cells.Rows.Count} rows";
        string Options(RowMatch way) => way.DateOrder.Length > 0 ? $"write dates as 2023-05-31 if it is {way.DateOrder}"
            : MatchChoice.Options(way, cells.Header);
    }

    /// <summary>What to give for a way.</summary>
    public static string Options(RowMatch way, IReadOnlyList<string> header) =>
        $"--image-column {Quoted(header[way.Column])} --match {way.Kind.Spelled()}";

    private static bool IsRival(RowMatch way, RowMatch best, int rows)
    {
        int enough = best.IsOfBareNumbers && !way.IsOfBareNumbers ? Math.Max(FewestSuspicious, (int)Math.Ceiling(Suspicious * rows))
            : Math.Max(1, (int)Math.Ceiling(GoodShare * rows));
        return way.Matched >= enough
            && 2 * way.Disagreements(best) > way.Usable.Zip(best.Usable).Count(p => p.First.Count > 0 && p.Second.Count > 0);
    }

    // How unlikely it is that cells equal files by accident.
    private static int Strength(RowMatch way, int image) => (way.Column == image ? 2 : 0) + way.Kind switch
    {
        _ when way.IsOfBareNumbers => 0,
        MatchKind.SopUid or MatchKind.Path => 3,
        _ => 2,
    };

    private static string Quoted(string column) => column.Any(c => !char.IsLetterOrDigit(c) && c is not ('_' or '-' or '.'))
        ? $"\"{column}\"" : column;
}
