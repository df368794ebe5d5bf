using Radapt.Datasets.Matching;

namespace Radapt.Datasets.Published;

/// <summary>The rows of a published data set, located and labelled for the findings asked for.</summary>
internal static class PublishedData
{
    /// <summary>Reads the wanted splits.</summary>
    /// <param name="source">The data set and its folder.</param>
    /// <param name="o">Findings, splits, label fraction.</param>
    /// <param name="wanted">The splits; none: all images, whatever their split, in whichever part.</param>
    /// <param name="notes">Receives lines to print.</param>
    /// <exception cref="RadaptException">The folder holds another data set, or an option does not go with it.</exception>
    public static DataParts Read(PublishedSource source, DataOptions o, IReadOnlyCollection<string> wanted, ICollection<string> notes)
    {
        RefuseForeignOptions(source, o);
        source.RequireFolder();
        (IReadOnlyList<string> standard, string reason) = source.Set.Standard;
        if (o.Findings.FirstOrDefault(f => !source.Set.Findings.Contains(f)) is { } unknown)
        {
            throw new RadaptException(
                $"{source.Text}: {source.Set.Title} has no finding '{unknown}' (--findings); it has "
                    + $"{string.Join(", ", source.Set.Findings)}.");
        }

        var request = new PublishedRequest(source, o.Findings.Count > 0 ? o.Findings : standard, o, wanted.Count > 0 ? wanted
            : [.. Split.Names], notes)
        {
            Whole = wanted.Count == 0,
        };
        request.Choices.Add(new DataChoice("findings", request.Findings.ToArray(), reason));
        PublishedParts published = source.Set.Read(request);
        if (o.SplitSeed is not null && !request.HasDrawn && wanted.Count == Split.Names.Count)
        {
            throw new RadaptException(
                $"--split-seed {o.SplitSeed}: the splits of {source.Text} are lists, so nothing is drawn; leave it "
                    + $"out{(request.Choices.Any(c => c.Option == "split-name") ? ", or see --split-name" : "")}.");
        }

        string[] empty = [.. wanted.Where(w => published.Parts[Split.Names.ToList().IndexOf(w)].Rows.Count == 0 && w != "test")];
        return empty.Length > 0 ? throw new RadaptException($"{source.Text} has no images for split '{empty[0]}'.")
            : new DataParts(request.Findings, [.. published.Parts.Select(p => Located(p, published.PathOf))])
            {
                IsFraction = published.IsFraction,
                Choices = [.. request.Choices],
            };
    }

    private static List<LocatedRow> Located(PublishedPart part, Func<string, string> pathOf)
    {
        string[] paths = [.. part.Rows.Select(r => pathOf(r.Name))];
        bool[] exist = ImageFiles.FindFiles(paths);
        return [.. part.Rows.Select((row, i) => new LocatedRow(row, part.File, paths[i], exist[i]))];
    }

    private static void RefuseForeignOptions(PublishedSource source, DataOptions o)
    {
        string? table = o.ClassColumn is not null ? "--class-column"
            : o.ClassLabels ? "--class-labels" : o.KeepClasses.Count > 0 ? "--keep-classes" : null;
        if (table is not null)
        {
            throw new RadaptException($"{table} is for label tables and lists; {source.Text} has findings of its own.");
        }

        if (o.Uncertainty.Count > 0 && source.Set is not CheXpert)
        {
            throw new RadaptException($"--uncertainty is for chexpert:DIR; {source.Text} has no uncertain labels.");
        }
    }
}
