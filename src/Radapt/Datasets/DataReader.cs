using Radapt.Datasets.Matching;
using Radapt.Datasets.Published;
using Radapt.Datasets.Splits;
using Radapt.Datasets.Tables;
using Radapt.Options;

namespace Radapt.Datasets;

/// <summary>Reads label tables and split lists into checked, labelled images.</summary>
internal static class DataReader
{
    private static readonly string[] s_tables = ["labels.csv", "labels.tsv", "labels.xlsx"];

    /// <summary>
    /// Reads training, validation and test images, checks them (see <see cref="DataOptions"/> for what can be overridden) and draws the
    /// label fraction from the training images.
    /// </summary>
    /// <exception cref="RadaptException">The data is missing, malformed, or would give figures that mislead.</exception>
    public static DataSplits Read(DataOptions o)
    {
        ArgumentNullException.ThrowIfNull(o);
        var notes = new List<string>();
        DataParts read = Parts(o, notes);
        List<LocatedRow>[] parts = read.Parts;
        bool knowsPatients = PatientPrivacy.DecideInPlace(parts, o.PlainNames);
        RowChecks.Overlap(parts, o, notes);
        for (int p = 0; p < parts.Length; p++)
        {
            parts[p] = RowChecks.WithoutRepeats(parts[p], notes);
        }

        RowChecks.Missing([.. parts.SelectMany(p => p)], o, notes);
        LabelledImages[] images = [.. parts.Select(p => Images(read.Findings, p))];
        for (int p = 0; p < (o.NeedsValidation ? 2 : 1); p++)
        {
            if (images[p].Items.Count == 0)
            {
                throw new RadaptException($"No usable image is left for split '{Split.Names[p]}'.");
            }
        }

        LabelChecks.Training(images[0], o, notes);
        if (images[1].Items.Count > 0)
        {
            LabelChecks.Evaluation(images[1], Split.Names[1], notes);
        }

        LabelledImages? test = images[2].Items.Count > 0 ? images[2] : null;
        if (test is not null)
        {
            LabelChecks.Evaluation(test, Split.Names[2], notes);
            if (o.Folds is null && TestPrecision.Note(test) is { } small) // the folds together test every image
            {
                notes.Add(small);
            }
        }

        AddColumns(read.ColumnsLine, notes);
        LabelledImages train = o.LabelFraction == LabelFraction.All || read.IsFraction ? images[0]
            : LabelFractions.Draw(images[0], o.LabelFraction, o.Seed, notes);
        return new DataSplits(train, images[1], test, notes)
        {
            Choices = read.Choices,
            Matching = read.Matching,
            KnowsPatients = knowsPatients,
            Drawn = read.IsDrawn ? [.. images.Index().SelectMany(p => p.Item.Items.Select(i => (i, Split.Names[p.Index])))] : [],
        };
    }

    /// <summary>
    /// Reads one label table or split list, such as the images of an evaluation. Findings, class numbers and image root are taken from
    /// <paramref name="o"/>; its splits, label fraction and seed are not used.
    /// </summary>
    /// <param name="source">A label table, a folder that holds <c>labels.csv</c>, a published data set (<c>nih:DIR</c>), or a split
    /// list.</param>
    /// <param name="o">Findings to read and how.</param>
    /// <param name="split"><c>train</c>, <c>val</c> or <c>test</c>: read these rows of the table; null: all rows.</param>
    /// <param name="notes">Receives lines to print.</param>
    /// <param name="allWithoutSplits">Read all rows of a table that has no splits, which is noted.</param>
    /// <exception cref="RadaptException">The data is missing or malformed.</exception>
    public static LabelledImages ReadOne(string source, DataOptions o, string? split = null, ICollection<string>? notes = null,
        bool allWithoutSplits = false)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(o);
        notes ??= [];
        if (PublishedSource.Parse(source) is { } published)
        {
            return FromPublished(published, o, split, notes);
        }

        RefusePublishedOptions(o);
        RefuseDraws(o, source);
        string file = Directory.Exists(source) ? TableFile(source) : source;
        // All rows are wanted where no split is asked for, those without a split included.
        (IReadOnlyList<string> findings, List<LocatedRow> part, bool hasSplits, string? columns) =
            ReadRows(file, o, notes, withSplits: split is not null);
        if (split is not null && !hasSplits)
        {
            if (!allWithoutSplits)
            {
                throw new RadaptException($"{file} has no column 'split' to take '{split}' from: leave --split out.");
            }

            notes.Add($"{file} has no column 'split', so every row is used.");
            split = null;
        }

        part = [.. part.Where(r => split is null || r.Row.Split == split)];
        LabelledImages images = part.Count > 0 ? Checked(findings, part, o, notes)
            : throw new RadaptException(split is null ? $"{file} has no usable row." : $"{file} has no row of split '{split}'.");
        AddColumns(columns, notes);
        return images;
    }

    private static void AddColumns(string? line, ICollection<string> notes)
    {
        if (line is not null)
        {
            notes.Add(line);
        }
    }

    private static LabelledImages FromPublished(PublishedSource source, DataOptions o, string? split, ICollection<string> notes)
    {
        DataParts read = PublishedData.Read(source, o, split is null ? [] : [split], notes);
        foreach (DataChoice choice in read.Choices.Where(c => c.Option is "split-name" or "uncertainty"))
        {
            notes.Add($"{choice.Option} {OptionText.Format(choice.Value)}: {choice.Reason}.");
        }

        List<LocatedRow> rows = [.. read.Parts.SelectMany(p => p)];
        return rows.Count > 0 ? Checked(read.Findings, rows, o, notes)
            : throw new RadaptException($"{source.Text} has no images for split '{split}'.");
    }

    private static LabelledImages Checked(IReadOnlyList<string> findings, List<LocatedRow> rows, DataOptions o, ICollection<string> notes)
    {
        PatientPrivacy.DecideInPlace([rows], o.PlainNames);
        rows = RowChecks.WithoutRepeats(rows, notes);
        RowChecks.Missing(rows, o, notes);
        return Images(findings, rows);
    }

    private static DataParts Parts(DataOptions o, List<string> notes)
    {
        RefuseTwoSources(o);
        if (o.Fold is not null && o.Folds is null)
        {
            throw new RadaptException($"--fold {o.Fold} needs --folds K, the number of folds.");
        }

        if (PublishedSource.Parse(o.Data) is { } published)
        {
            RefuseTableOptions(o, published.Text);
            return PublishedData.Read(published, o, Split.Names.ToArray(), notes);
        }

        RefusePublishedOptions(o);
        return o.Data is not null ? ReadTable(o, notes) : ReadLists(o, notes);
    }

    private static DataParts ReadTable(DataOptions o, List<string> notes)
    {
        string file = TableFile(o.Data!);
        MatchedTable table = MatchedTable.Read(file, o, notes, withSplits: o.Folds is null);
        if (o.Folds is not null || !table.HasSplits)
        {
            DrawnSplit drawn = o.Folds is { } folds
                ? FoldSplit.Draw(table.Rows, o, folds, TableColumns.Find(table.Cells, o).Split >= 0, file, notes)
                : DrawnSplit.Draw(table.Rows, o, file, notes);
            return new DataParts(table.Findings, drawn.Parts)
            {
                Choices = [.. table.Choices, .. drawn.Choices],
                Matching = table.Report,
                ColumnsLine = table.ColumnsLine,
                IsDrawn = true,
            };
        }

        RefuseSplitOptions(o, file);
        List<LocatedRow>[] parts = [.. Split.Names.Select(s => table.Rows.Where(r => r.Row.Split == s).ToList())];
        for (int p = 0; p < (o.NeedsValidation ? 2 : 1); p++)
        {
            if (parts[p].Count == 0)
            {
                throw new RadaptException($"{file} has no row of split '{Split.Names[p]}': "
                    + (p == 0 ? "there is nothing to learn from. Mark rows as train, or remove the column 'split' to have a split drawn."
                        : "validation images choose the epoch. Mark some rows as val, remove the column 'split' to have a split drawn, "
                            + "or choose what needs none: --select average or --method ridge."));
            }
        }

        return new DataParts(table.Findings, parts) { Choices = table.Choices, Matching = table.Report, ColumnsLine = table.ColumnsLine };
    }

    private static (IReadOnlyList<string> Findings, List<LocatedRow> Rows, bool HasSplits, string? Columns) ReadRows(
        string file, DataOptions o, ICollection<string> notes, bool withSplits)
    {
        if (LabelRows.IsTable(file))
        {
            MatchedTable table = MatchedTable.Read(file, o, notes, withSplits);
            return (table.Findings, [.. table.Rows], table.HasSplits, table.ColumnsLine);
        }

        RefuseTableOptions(o, file);
        LabelRows rows = LabelRows.Read(file, o, notes, withSplits);
        return (rows.Findings, Locate(rows, rows.Rows, o, notes), rows.HasSplits, null);
    }

    private static DataParts ReadLists(DataOptions o, List<string> notes)
    {
        RefuseTableOptions(o, "split lists");
        RefuseSplitOptions(o, "split lists");
        if (o.Train is null || (o.Val is null && o.NeedsValidation))
        {
            throw new RadaptException(o.Train is null && o.Val is null && o.Test is null
                ? "No data is given: pass --data FILE.csv, or --train LIST --val LIST with --image-root DIR."
                : $"--{(o.Train is null ? "train" : "val")} is missing: training and validation lists are both needed.");
        }

        LabelRows train = LabelRows.Read(o.Train, o, notes, withSplits: false);

        // What training chose for the user (columns, names, classes) holds for the other lists.
        DataOptions others = o with { Findings = train.Findings, KeepClasses = train.KeptClasses };
        var parts = new List<LocatedRow>[Split.Names.Count];
        parts[0] = Locate(train, train.Rows, o, notes);
        parts[1] = o.Val is null ? [] : ReadList(o.Val);
        parts[2] = o.Test is null ? [] : ReadList(o.Test);
        PatientSpellings.UnifyInPlace(parts, notes);
        return new DataParts(train.Findings, parts);

        List<LocatedRow> ReadList(string file)
        {
            LabelRows rows = LabelRows.Read(file, others, notes, withSplits: false);
            return Locate(rows, rows.Rows, o, notes);
        }
    }

    /// <summary>The table that a folder holds, or the file itself.</summary>
    /// <exception cref="RadaptException">The folder holds none, or several.</exception>
    internal static string TableFile(string data)
    {
        if (!Directory.Exists(data))
        {
            return data;
        }

        string[] files = [.. s_tables.Select(t => Path.Combine(data, t)).Where(File.Exists)];
        return files.Length == 1 ? files[0]
            : files.Length > 1
            ? throw new RadaptException(
                $"{data} contains {string.Join(" and ", files.Select(f => Path.GetFileName(f)))}: name one of them.")
            : throw new RadaptException(
                $"{data} contains no labels.csv: "
                    + $"{(PublishedSource.Recognise(data) is { } set ? $"it looks like {set.Title}: --data {set.Prefix}:{data}" : "name the label table itself")}.");
    }

    /// <summary>Whether a folder holds a label table.</summary>
    public static bool HasTable(string folder) => s_tables.Any(t => File.Exists(Path.Combine(folder, t)));

    /// <summary>Refuses a table together with lists.</summary>
    internal static void RefuseTwoSources(DataOptions o)
    {
        if (o.Data is not null && (o.Train is not null || o.Val is not null || o.Test is not null))
        {
            throw new RadaptException("--data and --train, --val, --test exclude each other: give one table or separate lists.");
        }
    }

    /// <summary>Refuses options of labels, where images are read without any.</summary>
    internal static void RefuseLabelOptions(DataOptions o, string source)
    {
        RefuseTableOptions(o, source);
        RefusePublishedOptions(o);
        RefuseDraws(o, source);
        string? option = o.Findings.Count > 0 ? "--findings" : o.ClassColumn is not null ? "--class-column"
            : o.ClassLabels ? "--class-labels" : o.KeepClasses.Count > 0 ? "--keep-classes" : null;
        if (option is not null)
        {
            throw new RadaptException($"{option} is only for data with labels; {source} has none.");
        }
    }

    /// <summary>Refuses options of label tables.</summary>
    internal static void RefuseTableOptions(DataOptions o, string source)
    {
        string? option = o.Sheet is not null ? "--sheet" : o.ImageColumn is not null ? "--image-column" : o.Match is not null ? "--match"
            : o.PatientColumn is not null ? "--patient-column" : o.DateColumn is not null ? "--date-column"
            : o.Patients is not null ? "--patients" : o.Values.Count > 0 ? "--values" : o.TextFindings is not null ? "--text-findings"
            : o.Views.Count > 0 ? "--views" : o.StudyLabels ? "--study-labels" : o.Folds is not null ? "--folds" : null;
        if (option is not null)
        {
            throw new RadaptException($"{option} is for label tables (--data FILE.csv, .tsv or .xlsx), not for {source}.");
        }
    }

    private static void RefuseSplitOptions(DataOptions o, string source)
    {
        string? option = o.SplitSeed is not null ? "--split-seed" : o.SplitShares.Count > 0 ? "--split-shares" : null;
        if (option is not null)
        {
            throw new RadaptException($"{option} is only for tables without a split, not for {source}. Leave it out.");
        }
    }

    /// <summary>Refuses options of a split that is drawn, where none is.</summary>
    internal static void RefuseDraws(DataOptions o, string source)
    {
        string? option = o.SplitSeed is not null ? "--split-seed" : o.SplitShares.Count > 0 ? "--split-shares" : null;
        if (option is not null)
        {
            throw new RadaptException($"{option} is only for splits that Radapt draws; {source} is read as it is. Leave it out.");
        }
    }

    /// <summary>Refuses options of data sets read as published.</summary>
    internal static void RefusePublishedOptions(DataOptions o)
    {
        string? option = o.SplitName is not null ? "--split-name" : o.Uncertainty.Count > 0 ? "--uncertainty" : null;
        if (option is not null)
        {
            throw new RadaptException(
                $"{option} is only for published data sets: --data "
                    + $"{string.Join(", ", PublishedSource.Sets.Select(s => $"{s.Prefix}:DIR"))}.");
        }
    }

    private static List<LocatedRow> Locate(LabelRows source, IReadOnlyList<LabelRow> rows, DataOptions o, ICollection<string> notes)
    {
        ImageFiles files = ImageFiles.Locate(rows, source.File, o, notes);
        return [.. rows.Select((row, i) => new LocatedRow(row, source.File, files.Paths[i], files.Exist[i]))];
    }

    private static LabelledImages Images(IReadOnlyList<string> findings, IEnumerable<LocatedRow> rows) =>
        new(findings, [.. rows.Where(r => r.Exists).Select(r => new LabelledImage(r.Row.Name, r.Path, r.Row.Patient, r.Row.Labels)
        {
            Study = r.Row.Study,
            View = r.Row.View,
            Group = r.Row.Group,
            Line = r.Row.Line,
            Shown = r.Shown,
        })]);
}
