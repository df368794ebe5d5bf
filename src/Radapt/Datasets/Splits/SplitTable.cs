using System.Text;
using Radapt.Datasets.Matching;
using Radapt.Datasets.Published;
using Radapt.Datasets.Tables;

namespace Radapt.Datasets.Splits;

/// <summary>Draws a split and writes it as a label table: the source's columns, and <c>split</c> or <c>fold</c>.</summary>
internal static class SplitTable
{
    /// <summary>
    /// Shares out the images by patient (<see cref="GroupedSplit"/>), keeping files of the same content together, and writes the table.
    /// Image names in it are relative to its own folder.
    /// </summary>
    /// <exception cref="RadaptException">The data cannot be read, is too small, or the table is there already or cannot be
    /// written.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; nothing was written.</exception>
    public static SplitReport Write(SplitRequest request, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        request.Validate();
        var notes = new List<string>();
        string source = request.Data.Data!;
        LabelledImages images = DataReader.ReadOne(source, request.Data, notes: notes);
        string[] groups = Groups(images.Items, notes, cancellation);
        IReadOnlyList<sbyte>[] labels = [.. images.Items.Select(i => i.Labels)];
        int[] parts = request.Folds is { } folds
            ? GroupedSplit.Folds(labels, groups, folds, request.Data.Seed)
            : GroupedSplit.Draw(labels, groups, request.Shares, request.Data.Seed);
        SplitPart[] counted = [.. request.Names.Select((name, p) => Count(images, name, Members(parts, p), groups))];
        foreach (SplitPart part in counted)
        {
            string[] undefined = [.. images.Findings.Zip(part.Counts).Where(c => !c.Second.HasBothClasses).Select(c => c.First)];
            if (undefined.Length > 0)
            {
                notes.Add(
                    $"{request.Column} {part.Name} has no positives or no negatives of "
                        + $"{string.Join(", ", undefined.Take(10))}{(undefined.Length > 10 ? ", …" : "")}, so no AUROC can be computed there.");
            }
        }

        if (request.Names.ToList().IndexOf(Split.Names[2]) is >= 0 and var test
            && TestPrecision.Note(images with { Items = [.. Members(parts, test).Select(i => images.Items[i])] }) is { } small)
        {
            notes.Add(small);
        }

        string table = Text(request, source, images, [.. parts.Select(p => request.Names[p])], notes);
        cancellation.ThrowIfCancellationRequested();
        AtomicFile.WriteText(request.Table, table);
        return new SplitReport(images.Findings, counted, notes);
    }

    // Patients, joined where they share a file's content: a picture must not be in two parts under two names.
    private static string[] Groups(IReadOnlyList<LabelledImage> items, List<string> notes, CancellationToken cancellation)
    {
        int unknown = items.Count(i => i.Patient is null && i.Study is null);
        if (unknown > 0)
        {
            notes.Add(unknown == items.Count
                ? "No patients are known (no column 'patient'): images are drawn one by one, so two images "
                    + "of one patient may be in two parts."
                : $"{unknown} of {items.Count} images have no patient: they are drawn one by one.");
        }

        string[] groups = PatientGroups.For([.. items.Select(i => (i.Patient, i.Study, i.Name))]);
        int[] first = FirstOfContent(items, cancellation);
        var joined = new Dictionary<string, string>(StringComparer.Ordinal);
        int repeats = 0;
        for (int i = 0; i < items.Count; i++)
        {
            if (first[i] != i)
            {
                repeats++;
                (string a, string b) = (Root(groups[first[i]]), Root(groups[i]));
                if (a != b)
                {
                    joined[b] = a;
                }
            }
        }

        if (repeats > 0)
        {
            notes.Add($"{repeats} {(repeats == 1 ? "file has" : "files have")} the same content as another file, and {(repeats == 1 ? "is" : "are")} kept in one part with it.");
        }

        return [.. groups.Select(Root)];

        string Root(string group)
        {
            while (joined.TryGetValue(group, out string? other))
            {
                group = other;
            }

            return group;
        }
    }

    private static int[] FirstOfContent(IReadOnlyList<LabelledImage> items, CancellationToken cancellation)
    {
        try
        {
            return IdenticalFiles.First([.. items.Select(i => i.Path)], cancellation);
        }
        catch (RadaptException e)
        {
            throw items.First(i => i.Path == e.Place).Reported(e);
        }
    }

    private static int[] Members(int[] parts, int part) => [.. Enumerable.Range(0, parts.Length).Where(i => parts[i] == part)];

    private static SplitPart Count(LabelledImages images, string name, int[] members, string[] groups)
    {
        LabelledImages part = images with { Items = [.. members.Select(i => images.Items[i])] };
        bool hasPatients = images.Items.Any(i => i.Patient is not null);
        return new SplitPart(name, members.Length, hasPatients
            ? members.Select(i => images.Items[i].Patient ?? groups[i]).Distinct().Count() : null, part.CountLabels());
    }

    private static string Text(SplitRequest request, string source, LabelledImages images, string[] partOf, List<string> notes)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(request.Table))!;
        var text = new StringBuilder();
        string file = PublishedSource.Parse(source) is null ? DataReader.TableFile(source) : source;
        if (File.Exists(file) && LabelRows.IsTable(file))
        {
            WithItsColumns(LabelTable.Cells(file, request.Data, []));
        }
        else
        {
            bool hasPatients = images.Items.Any(i => i.Patient is not null);
            Append(["image", .. hasPatients ? ["patient"] : Array.Empty<string>(), request.Column, .. images.Findings]);
            for (int i = 0; i < partOf.Length; i++)
            {
                LabelledImage item = images.Items[i];
                Append([NameOf(item), .. hasPatients ? [item.Patient ?? ""]
                    : Array.Empty<string>(), partOf[i], .. item.Labels.Select(l => l < 0 ? "" : $"{l}")]);
            }
        }

        return text.ToString();

        // A row for every image of every row; the files' names take the place of what named them, or come first if it was not a path.
        void WithItsColumns(CsvCells cells)
        {
            TableColumns columns = TableColumns.Find(cells, request.Data);
            int image = request.Data.ImageColumn is { } name ? LabelTable.Find(cells, name, "--image-column") : columns.Image;
            ILookup<int, int> imagesOf = images.Items.Index().ToLookup(i => i.Item.Line, i => i.Index);
            bool isPath = image >= 0 && cells.Rows.All(r => imagesOf[r.Line].All(
                i => images.Items[i].Name == r.Cells[image] || IsPathOf(images.Items[i], r.Cells[image])));
            bool addsPatients = columns.Patient < 0 && images.Items.Any(i => i.Patient is not null);
            string[] header = [.. cells.Header];
            string[] before = isPath ? [] : ["image"];
            string[] after = addsPatients ? ["patient", request.Column] : [request.Column];
            int[] kept = [.. Enumerable.Range(0, header.Length)
                .Where(c => !before.Concat(after).Contains(header[c], StringComparer.OrdinalIgnoreCase))];
            string[] replaced = [.. header.Where((_, c) => !kept.Contains(c))];
            if (replaced.Length > 0)
            {
                notes.Add($"The source's column{(replaced.Length == 1 ? "" : "s")} {string.Join(", ", replaced.Select(c => $"'{c}'"))} "
                    + $"{(replaced.Length == 1 ? "is" : "are")} replaced.");
            }

            Append([.. before, .. kept.Select(c => header[c]), .. after]);
            foreach ((int line, string[] row) in cells.Rows)
            {
                foreach (int i in imagesOf[line]) // rows that repeat an image, or were left out, have none
                {
                    LabelledImage item = images.Items[i];
                    string[] named = isPath ? [] : [NameOf(item)];
                    string[] told = addsPatients ? [item.Patient ?? "", partOf[i]] : [partOf[i]];
                    Append([.. named, .. kept.Select(c => isPath && c == image ? NameOf(item) : row[c]), .. told]);
                }
            }
        }

        static bool IsPathOf(LabelledImage item, string cell) =>
            ImageNames.FileName(ImageNames.Normal(item.Path))
                .Equals(ImageNames.FileName(ImageNames.Normal(cell)), StringComparison.OrdinalIgnoreCase);

        string NameOf(LabelledImage item) => Path.GetRelativePath(folder, item.Path).Replace('\\', '/');

        void Append(IEnumerable<string> row) => text.AppendJoin(',', row.Select(CsvCells.Written)).Append('\n');
    }
}
