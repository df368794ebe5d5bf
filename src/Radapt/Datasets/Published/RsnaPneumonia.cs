using Radapt.Datasets.Tables;
using Radapt.Imaging.Dicom;

namespace Radapt.Datasets.Published;

/// <summary>
/// RSNA Pneumonia Detection Challenge (2018): <c>stage_2_train_labels.csv</c> with a row per box, <c>stage_2_detailed_class_info.csv</c>,
/// DICOM files in <c>stage_2_train_images</c>, or the paper's lists. Its <c>patientId</c> names an image; who the patient was is not
/// published.
/// </summary>
internal sealed class RsnaPneumonia : PublishedSet
{
    private const string LabelFile = "stage_2_train_labels.csv";
    private const string ClassFile = "stage_2_detailed_class_info.csv";
    private const string TrainImages = "stage_2_train_images";
    private const string Pneumonia = "Pneumonia";
    private const string Id = "patientId";

    // The third class, Lung Opacity, is Pneumonia.
    private static readonly string[] s_classes = ["Normal", "No Lung Opacity / Not Normal"];

    public override string Prefix => "rsna";

    public override string Title => "RSNA Pneumonia";

    public override IReadOnlyList<string> Findings { get; } = [Pneumonia, .. s_classes];

    public override (IReadOnlyList<string> Names, string Reason) Standard => ([Pneumonia], "the paper's");

    public override string Expected => $"{LabelFile} with {TrainImages}, or the paper's train_list.txt, val_list.txt and test_list.txt";

    public override bool IsIn(string folder) => File.Exists(Path.Combine(folder, LabelFile)) || Lists(folder) is not null;

    public override PublishedParts Read(PublishedRequest request)
    {
        PaperLists? lists = Lists(request.Folder);
        string labels = Path.Combine(request.Folder, LabelFile);
        var there = new List<(string, string)>();
        if (lists is not null)
        {
            there.Add(("paper", "the paper's lists, which are in the folder"));
        }

        if (File.Exists(labels))
        {
            there.Add(("drawn", $"the images of {LabelFile}, 70 / 10 / 20 %"));
        }

        string folder = Path.GetFullPath(request.Options.ImageRoot ?? request.Folder);
        Func<string, string> pathOf = name => Path.Combine(folder, name.Replace('\\', '/'));
        return request.SplitName(there) == "paper" ? FromPaperLists(request, lists!, pathOf) : Drawn(request, labels, pathOf);
    }

    private static PublishedParts FromPaperLists(PublishedRequest request, PaperLists lists, Func<string, string> pathOf)
    {
        if (request.Findings.FirstOrDefault(f => f != Pneumonia) is { } other)
        {
            throw new RadaptException($"--findings {other}: the paper's lists contain only {Pneumonia}; also pass --split-name drawn.");
        }

        (PublishedPart Part, bool IsFraction)? train = request.Wants("train")
            ? lists.Train(request) ?? throw lists.NoTrain(request.Options.LabelFraction) : null;
        PublishedPart[] parts = [train?.Part ?? PublishedPart.None, request.Wants("val") ? lists.Val()
            : PublishedPart.None, request.Wants("test") ? lists.Test(request) : PublishedPart.None];
        Dictionary<string, string> groups = ReadGroups(request);
        return new PublishedParts(
            [.. parts.Select(p => p with
            {
                Rows = [.. p.Rows.Select(r => (Row: r, Id: Path.GetFileNameWithoutExtension(r.Name)))
                    .Select(r => r.Row with { Patient = r.Id, Group = groups.GetValueOrDefault(r.Id) })],
            })], pathOf, train?.IsFraction ?? false);
    }

    private static PublishedParts Drawn(PublishedRequest request, string file, Func<string, string> pathOf)
    {
        List<LabelRow> rows = ReadLabels(file);
        int[] parts = request.Draw(rows, [.. rows.Select(r => r.Labels)], [7, 1, 2],
            $"the images of {LabelFile} were divided 70 / 10 / 20 % into train, val and test");
        Dictionary<string, string>? classes = request.Findings.Any(s_classes.Contains)
            ? ReadClasses(Path.Combine(request.Folder, ClassFile)) : null;
        Dictionary<string, string> groups = ReadGroups(request);
        rows = [.. rows.Select(r => r with
        {
            Group = groups.GetValueOrDefault(r.Patient!),
            Labels = [.. request.Findings.Select(f => f == Pneumonia ? r.Labels[0]
                : (sbyte)((classes!.GetValueOrDefault(r.Patient!)
                    ?? throw new RadaptException($"{file} line {r.Line}: {ClassFile} has no row for '{r.Patient}'.")) == f ? 1 : 0))],
        })];
        PublishedPart Part(int part) => request.Wants(Split.Names[part]) ? new(file, [.. rows.Where((_, i) => parts[i] == part)])
            : PublishedPart.None;
        return new PublishedParts([Part(0), Part(1), Part(2)], pathOf, IsFraction: false);
    }

    // A row per box; images without pneumonia have one row without a box.
    private static List<LabelRow> ReadLabels(string file)
    {
        var table = new PublishedTable(file, Id, "Target");
        (int id, int target) = (table.Column(Id), table.Column("Target"));
        var rows = new List<LabelRow>();
        var first = new Dictionary<string, LabelRow>(StringComparer.Ordinal);
        foreach ((int line, string[] cells) in table.Rows)
        {
            sbyte label = cells[target] switch
            {
                "0" => 0,
                "1" => 1,
                _ => throw table.Bad(line, "Target", $"'{cells[target]}' is neither 0 nor 1"),
            };
            string name = cells[id].Length > 0 ? cells[id] : throw table.Bad(line, Id, "the image's name is empty");
            var row = new LabelRow(line, $"{TrainImages}/{name}.dcm", name, null, [label]);
            if (first.TryAdd(name, row))
            {
                rows.Add(row);
            }
            else if (first[name].Labels[0] != label)
            {
                throw table.Bad(line, "Target", $"{label} contradicts line {first[name].Line}, which has the same image");
            }
        }

        return rows;
    }

    private static Dictionary<string, string> ReadClasses(string file)
    {
        var table = new PublishedTable(file, Id, "class");
        (int id, int column) = (table.Column(Id), table.Column("class"));
        var classes = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach ((int line, string[] cells) in table.Rows)
        {
            string name = cells[column];
            classes[cells[id]] = name == "Lung Opacity" || s_classes.Contains(name) ? name
                : throw table.Bad(line, "class", $"'{name}' is not one of Lung Opacity, {string.Join(", ", s_classes)}");
        }

        return classes;
    }

    // By the image's name; of images with several boxes, the first row's.
    private static Dictionary<string, string> ReadGroups(PublishedRequest request)
    {
        var groups = new Dictionary<string, string>(StringComparer.Ordinal);
        if (request.Options.GroupColumn is not { } column)
        {
            return groups;
        }

        PublishedTable[] tables = [.. new[] { ClassFile, LabelFile }.Select(f => Path.Combine(request.Folder, f)).Where(File.Exists)
            .Select(f => new PublishedTable(f, Id))];
        if (tables.Length == 0 && !DicomAttribute.IsKnown(column))
        {
            throw new RadaptException(
                $"--subgroup {column}: the paper's lists have no such column. Put {ClassFile} beside them, or name an attribute of the DICOM "
                    + $"headers: {string.Join(", ", DicomAttribute.Names)}.");
        }

        if ((tables.FirstOrDefault(t => t.Has(column)) ?? tables.FirstOrDefault()) is { } table)
        {
            Func<string[], string?> group = table.Group(request.Options);
            int id = table.Column(Id);
            foreach ((_, string[] cells) in table.Rows)
            {
                if (group(cells) is { } value)
                {
                    groups.TryAdd(cells[id], value);
                }
            }
        }

        return groups;
    }

    private static PaperLists? Lists(string folder) =>
        PaperLists.Find(folder, 1) is { } lists && lists.Val().Rows.Any(r => r.Name.StartsWith("stage_2_", StringComparison.Ordinal))
            ? lists : null;
}
