using Radapt.Datasets.Tables;

namespace Radapt.Datasets.Published;

/// <summary>
/// COVID-19 Image Data Collection (Cohen et al. 2020): <c>images</c> with <c>metadata.csv</c>, of which frontal X-ray images are shared
/// out, or
/// lists such as <c>splits/covid1/iscovid_train.txt</c>. A folder of lists can be named itself: <c>covid:DIR/splits/covid1</c>.
/// </summary>
internal sealed class CovidCollection : PublishedSet
{
    private const string Covid = "COVID-19";
    private const string DrawnName = "drawn";

    // A split set is balanced over these, whatever is asked for.
    private static readonly string[] s_balanced = [Covid, "Pneumonia"];

    public override string Prefix => "covid";

    public override string Title => "the COVID-19 Image Data Collection";

    public override IReadOnlyList<string> Findings => CovidFindings.Names;

    public override (IReadOnlyList<string> Names, string Reason) Standard => ([Covid], "COVID-19 or not, as in the MRM paper");

    public override string Expected => "images with metadata.csv (or findings.csv), or lists such as splits/covid1/iscovid_train.txt";

    public override bool IsIn(string folder) => Directory.Exists(ImagesOf(Root(folder)))
        && (IsTable(CovidTable.Find(Root(folder))) || ListFolders(folder).Length > 0);

    public override PublishedParts Read(PublishedRequest request)
    {
        string root = Root(request.Folder);
        string[] lists = ListFolders(request.Folder);
        CovidTable? table = CovidTable.Find(root) is { } file ? CovidTable.Read(file, request.Options) : null;
        (string Name, string Reason)[] there = [.. lists.Select(l => (NameOf(l), $"the lists in {Path.GetRelativePath(root, l)}"))];
        if (table is not null)
        {
            there = [.. there, (DrawnName, $"the frontal images of {Path.GetFileName(table.File)}, 70 / 10 / 20 %")];
        }

        if (table is null && request.Options.GroupColumn is { } column)
        {
            throw new RadaptException($"--subgroup {column}: the lists have no such column. Put metadata.csv into {root}.");
        }

        string folder = Path.GetFullPath(request.Options.ImageRoot ?? ImagesOf(root));
        Func<string, string> pathOf = name => Path.GetFullPath(name, folder);
        string split = request.SplitName(there);
        return split == DrawnName ? Drawn(request, table!, pathOf)
            : FromLists(request, lists.First(l => NameOf(l) == split), table, pathOf);
    }

    private static PublishedParts Drawn(PublishedRequest request, CovidTable table, Func<string, string> pathOf)
    {
        LabelRow[] rows = [.. table.Images.Where(i => i.IsRead && i.IsFrontal).Select(i => i.Row)];
        string others = string.Join(", ", table.Images.Where(i => !i.IsFrontal).GroupBy(i => i.Row.View ?? "none")
            .OrderByDescending(g => g.Count()).Select(g => $"{g.Key} {g.Count()}"));
        request.Notes.Add($"{table.File}: {rows.Length} frontal X-ray images; left out: {table.OtherModalities} of another modality, "
            + $"{table.Images.Count(i => !i.IsFrontal)} of other views{(others.Length > 0 ? $" ({others})" : "")}, "
            + $"{table.Images.Count(i => i.IsFrontal && !i.IsRead)} without a finding.");
        int[] balanced = [.. s_balanced.Select(f => CovidFindings.Names.ToList().IndexOf(f))];
        int[] parts = request.Draw(rows, [.. rows.Select(r => balanced.Select(b => r.Labels[b]).ToArray())], [7, 1, 2],
            $"the images of {Path.GetFileName(table.File)} were divided 70 / 10 / 20 % into train, val and test");
        PublishedPart Part(int part) => request.Wants(Split.Names[part])
            ? new(table.File, request.Pick(CovidFindings.Names, rows.Where((_, i) => parts[i] == part))) : PublishedPart.None;
        return new PublishedParts([Part(0), Part(1), Part(2)], pathOf, IsFraction: false);
    }

    private static PublishedParts FromLists(PublishedRequest request, string folder, CovidTable? table, Func<string, string> pathOf)
    {
        Dictionary<string, LabelRow> known = table?.Images.Select(i => i.Row).GroupBy(r => r.Name, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => g.First(), StringComparer.Ordinal) ?? [];
        int withoutPatient = 0;
        PublishedPart[] parts =
            [.. Split.Names.Select(s => request.Wants(s) && ListOf(folder, s) is { } list ? Part(list) : PublishedPart.None)];
        if (withoutPatient > 0)
        {
            request.Notes.Add(
                $"{request.Source.Text}: the patients of {withoutPatient} images are not "
                    + $"known{(table is null ? ": there is no metadata.csv" : $" from {Path.GetFileName(table.File)}")}.");
        }

        return new PublishedParts(parts, pathOf, IsFraction: false);

        PublishedPart Part(string list)
        {
            LabelRows rows = SplitList.Read(list, new DataOptions { Findings = [Covid] }, []);
            return new PublishedPart(list, [.. rows.Rows.Select(row =>
            {
                LabelRow? about = known.GetValueOrDefault(row.Name);
                withoutPatient += about?.Patient is null ? 1 : 0;
                sbyte[] labels = [.. request.Findings.Select(f => f == Covid ? row.Labels[0] : (about
                    ?? throw new RadaptException(
                        $"{list} line {row.Line}: neither metadata.csv nor findings.csv has a row for '{row.Name}', "
                            + $"from which {f} would be taken."))
                        .Labels[CovidFindings.Names.ToList().IndexOf(f)])];
                return row with { Labels = labels, Patient = about?.Patient, View = about?.View, Group = about?.Group };
            })]);
        }
    }

    // covid:DIR/splits/covid1 names the lists; the images are above.
    private static string Root(string folder)
    {
        string full = Path.GetFullPath(folder);
        if (ListOf(full, "train") is null)
        {
            return full;
        }

        string? at = full;
        for (int up = 0; up < 3 && at is not null; up++, at = Path.GetDirectoryName(at))
        {
            if (Directory.Exists(ImagesOf(at)))
            {
                return at;
            }
        }

        return full;
    }

    private static string[] ListFolders(string folder)
    {
        if (ListOf(folder, "train") is not null)
        {
            return [Path.GetFullPath(folder)];
        }

        string splits = Path.Combine(folder, "splits");
        return !Directory.Exists(splits) ? [] : ListOf(splits, "train") is not null ? [splits]
            : [.. Directory.EnumerateDirectories(splits).Where(d => ListOf(d, "train") is not null).Order(StringComparer.Ordinal)];
    }

    // iscovid_train.txt, train.txt
    private static string? ListOf(string folder, string split) =>
        Directory.EnumerateFiles(folder, $"*{split}.txt")
            .Where(f => Path.GetFileName(f) == $"{split}.txt" || Path.GetFileName(f).EndsWith($"_{split}.txt", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal).FirstOrDefault();

    private static string NameOf(string lists) => Path.GetFileName(Path.TrimEndingDirectorySeparator(lists));

    private static string ImagesOf(string root) => Path.Combine(root, "images");

    private static bool IsTable(string? file)
    {
        using StreamReader? reader = file is null ? null : new StreamReader(file);
        return reader?.ReadLine() is { } header && header.Contains("patientid", StringComparison.Ordinal)
            && header.Contains("finding", StringComparison.Ordinal);
    }
}
