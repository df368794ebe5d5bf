using System.Globalization;
using Radapt.Datasets.Tables;
using Radapt.Imaging.Dicom;

namespace Radapt.Datasets.Published;

/// <summary>
/// ChestX-ray14 of the NIH (Wang et al. 2017): <c>Data_Entry_2017*.csv</c>, the official lists without validation images, or the paper's
/// lists; images in <c>images_001/images</c> … <c>images_012/images</c>, or all in one folder.
/// </summary>
internal sealed class NihChestXray14 : PublishedSet
{
    private const string Image = "Image Index";
    private const string Labels = "Finding Labels";
    private const string PatientId = "Patient ID";
    private const string Age = "Patient Age";

    // The order of the paper's lists.
    private static readonly string[] s_findings =
    [
        "Atelectasis", "Cardiomegaly", "Effusion", "Infiltration", "Mass", "Nodule", "Pneumonia", "Pneumothorax", "Consolidation",
            "Edema", "Emphysema",
        "Fibrosis", "Pleural_Thickening", "Hernia",
    ];

    public override string Prefix => "nih";

    public override string Title => "ChestX-ray14 of the NIH";

    public override IReadOnlyList<string> Findings => s_findings;

    public override (IReadOnlyList<string> Names, string Reason) Standard => (s_findings, "the 14 of ChestX-ray14, in the paper's order");

    public override string Expected =>
        "Data_Entry_2017*.csv with train_val_list.txt and test_list.txt, or the paper's train_list.txt, val_list.txt and test_list.txt";

    public override bool IsIn(string folder) => Tables(folder).Length > 0 || PaperLists.Find(folder, s_findings.Length) is not null;

    public override PublishedParts Read(PublishedRequest request)
    {
        PaperLists? lists = PaperLists.Find(request.Folder, s_findings.Length);
        Dictionary<string, LabelRow> table = ReadTable(request, out string file);
        string trainVal = Path.Combine(request.Folder, "train_val_list.txt");
        var there = new List<(string, string)>();
        if (lists is not null)
        {
            there.Add(("paper", "the paper's lists, which are in the folder"));
        }

        if (table.Count > 0 && File.Exists(trainVal))
        {
            there.Add(("official", "the official lists, with validation images drawn from train_val_list.txt"));
        }

        if (there.Count == 0)
        {
            throw new RadaptException(
                $"{request.Source.Text} has {Path.GetFileName(file)} but no lists: put NIH's train_val_list.txt and test_list.txt "
                    + "beside it, or the paper's lists.");
        }

        return request.SplitName(there) == "paper" ? FromPaperLists(request, lists!, table) : Official(request, trainVal, file, table);
    }

    private static PublishedParts FromPaperLists(PublishedRequest request, PaperLists lists, Dictionary<string, LabelRow> table)
    {
        (PublishedPart Part, bool IsFraction)? train = request.Wants("train")
            ? lists.Train(request) ?? throw lists.NoTrain(request.Options.LabelFraction) : null;
        PublishedPart[] parts = [train?.Part ?? PublishedPart.None, request.Wants("val") ? lists.Val()
            : PublishedPart.None, request.Wants("test") ? lists.Test(request) : PublishedPart.None];
        return new PublishedParts([.. parts.Select(Described)], Images(request), train?.IsFraction ?? false);

        PublishedPart Described(PublishedPart part) => part with
        {
            Rows = [.. request.Pick(s_findings, part.Rows).Select(r => r with
            {
                Patient = PatientOf(r.Name)
                    ?? throw new RadaptException(
                        $"{part.File} line {r.Line}: '{r.Name}' is not a name of ChestX-ray14, such as 00000001_000.png."),
                View = table.GetValueOrDefault(r.Name)?.View,
                Group = table.GetValueOrDefault(r.Name)?.Group,
            })],
        };
    }

    private static PublishedParts Official(PublishedRequest request, string trainVal, string file, Dictionary<string, LabelRow> table)
    {
        string testList = Path.Combine(request.Folder, "test_list.txt");
        PublishedPart test = request.Wants("test") ? new PublishedPart(file, Listed(testList, table, file)) : PublishedPart.None;
        if (!request.Wants("train") && !request.Wants("val"))
        {
            return new PublishedParts([PublishedPart.None, PublishedPart.None, Picked(test)], Images(request), IsFraction: false);
        }

        List<LabelRow> rows = Listed(trainVal, table, file);
        int[] parts = request.Draw(rows, [.. rows.Select(r => r.Labels)], [7, 1],
            "the official lists have no validation images: an eighth of train_val_list.txt (the paper's share) was drawn");
        return new PublishedParts([Picked(Part(0)), Picked(Part(1)), Picked(test)], Images(request), IsFraction: false);

        PublishedPart Part(int part) => new(file, [.. rows.Where((_, i) => parts[i] == part)]);

        PublishedPart Picked(PublishedPart part) => part with { Rows = request.Pick(s_findings, part.Rows) };
    }

    private static List<LabelRow> Listed(string list, Dictionary<string, LabelRow> table, string file)
    {
        var rows = new List<LabelRow>();
        int line = 0;
        foreach (ReadOnlySpan<char> text in TextFile.Read(list).AsSpan().EnumerateLines())
        {
            line++;
            string name = text.Trim().ToString();
            if (name.Length > 0)
            {
                rows.Add(table.TryGetValue(name, out LabelRow? row) ? row
                    : throw new RadaptException(name.Contains(' ', StringComparison.Ordinal)
                    ? $"{list} line {line}: the official list has only names, but this list has labels, too: put the paper's lists into "
                        + $"{Path.Combine(Path.GetDirectoryName(list)!, "splits")}."
                    : $"{list} line {line}: {Path.GetFileName(file)} has no row for '{name}'."));
            }
        }

        return rows;
    }

    private static string[] Tables(string folder) =>
        [.. Directory.EnumerateFiles(folder, "Data_Entry_2017*.csv").Order(StringComparer.Ordinal)];

    private static Dictionary<string, LabelRow> ReadTable(PublishedRequest request, out string file)
    {
        string[] files = Tables(request.Folder);
        file = files.Length > 0 ? files[^1] : ""; // the corrected Data_Entry_2017_v2020.csv comes after Data_Entry_2017.csv
        if (files.Length == 0)
        {
            return request.Options.GroupColumn is not { } column ? []
                : throw new RadaptException(
                    $"--subgroup {column}: the paper's lists have no such column. Put NIH's Data_Entry_2017_v2020.csv beside them.");
        }

        if (files.Length > 1)
        {
            request.Notes.Add(
                $"{request.Source.Text}: labels come from {Path.GetFileName(file)}, the newer of "
                    + $"{string.Join(" and ", files.Select(f => Path.GetFileName(f)))}.");
        }

        var table = new PublishedTable(file, Image, Labels, PatientId);
        (int image, int labels, int patient, int view) =
            (table.Column(Image), table.Column(Labels), table.Column(PatientId), table.Column("View Position"));
        Func<string[], string?> group = table.Group(request.Options);
        bool isAge = request.Options.GroupColumn == Age;
        var rows = new Dictionary<string, LabelRow>(table.Rows.Count, StringComparer.Ordinal);
        foreach ((int line, string[] cells) in table.Rows)
        {
            string id = cells[patient];
            var row = new LabelRow(line, cells[image], id.Length > 0 ? id.TrimStart('0')
                : PatientOf(cells[image]), null, Parse(cells[labels], table, line))
            {
                View = view >= 0 && cells[view].Length > 0 ? cells[view] : null,
                Group = group(cells) is not { } value ? null : isAge ? Years(value) : value,
            };
            if (!rows.TryAdd(row.Name, row))
            {
                throw table.Bad(line, Image, $"'{row.Name}' is already in line {rows[row.Name].Line}");
            }
        }

        return rows;
    }

    // The first release of the table has 058Y, later ones 58.
    private static string? Years(string age) => char.IsAsciiDigit(age[^1]) ? age
        : DicomAttribute.Years(age) is { Length: > 0 } years ? years : null;

    private static sbyte[] Parse(string cell, PublishedTable table, int line)
    {
        var labels = new sbyte[s_findings.Length];
        string[] names = cell.Split('|', StringSplitOptions.TrimEntries);
        if (names is ["No Finding"])
        {
            return labels;
        }

        foreach (string name in names)
        {
            int f = Array.IndexOf(s_findings, name);
            labels[f >= 0 ? f : throw table.Bad(line, Labels, name.Length == 0 ? "the finding is empty"
                : name == "No Finding" ? $"'{cell}' contradicts itself"
                : $"'{name}' is not a finding of ChestX-ray14 ({string.Join(", ", s_findings)}, or No Finding)")] = 1;
        }

        return labels;
    }

    // 00000013_005.png is the sixth image of patient 13.
    private static string? PatientOf(string name) =>
        name.IndexOf('_', StringComparison.Ordinal) is var end and > 0
            && int.TryParse(name.AsSpan(0, end), NumberStyles.None, CultureInfo.InvariantCulture, out int patient)
            ? patient.ToString(CultureInfo.InvariantCulture) : null;

    private static Func<string, string> Images(PublishedRequest request)
    {
        if (request.Options.ImageRoot is { } root)
        {
            return name => Path.GetFullPath(name, Path.GetFullPath(root));
        }

        string folder = Path.GetFullPath(request.Folder);
        string[] archives = [.. Directory.EnumerateDirectories(folder, "images_*").Order(StringComparer.Ordinal)
            .SelectMany(a => new[] { Path.Combine(a, "images"), a })];
        string[] places = [.. archives.Concat([Path.Combine(folder, "images"), Path.Combine(folder, "all_classes"), folder])
            .Where(Directory.Exists)];
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string image in places.SelectMany(p => Directory.EnumerateFiles(p, "*.png")))
        {
            found.TryAdd(Path.GetFileName(image), image);
        }

        return name => found.GetValueOrDefault(name) ?? Path.GetFullPath(name, places[0]);
    }
}
