using Radapt.Datasets.Tables;

namespace Radapt.Datasets.Published;

/// <summary>
/// CheXpert (Irvin et al. 2019): <c>train.csv</c>, <c>valid.csv</c>, <c>test.csv</c> with paths that begin with the release's name, or the
/// paper's lists, whose labels have its uncertainty policy in them. Patient, study and view come from the path.
/// </summary>
internal sealed class CheXpert : PublishedSet
{
    // The order of the paper's lists; the five of CheXpert's own competition.
    private static readonly string[] s_five = ["Atelectasis", "Cardiomegaly", "Consolidation", "Edema", "Pleural Effusion"];

    private static readonly string[] s_all =
    [
        "No Finding", "Enlarged Cardiomediastinum", "Cardiomegaly", "Lung Opacity", "Lung Lesion", "Edema", "Consolidation",
            "Pneumonia", "Atelectasis",
        "Pneumothorax", "Pleural Effusion", "Pleural Other", "Fracture", "Support Devices",
    ];

    private static readonly string[] s_testTables = ["test.csv", "test_labels.csv"];

    public override string Prefix => "chexpert";

    public override string Title => "CheXpert";

    public override IReadOnlyList<string> Findings => s_all;

    public override (IReadOnlyList<string> Names, string Reason) Standard => (s_five, "the paper's five of CheXpert's 14");

    public override string Expected =>
        "train.csv and valid.csv, or the paper's val_list.txt and test_list.txt with train_1.txt or train_10.txt";

    public override bool IsIn(string folder) => IsTable(Path.Combine(Root(folder), "valid.csv"))
        || IsTable(Path.Combine(Root(folder), "train.csv")) || Lists(folder) is not null;

    public override PublishedParts Read(PublishedRequest request)
    {
        string root = Root(request.Folder);
        var policies = UncertaintyPolicies.Parse(request.Options.Uncertainty, s_all);
        string[] paper = [UncertaintyPolicies.Paper];
        request.Choices.Add(new DataChoice("uncertainty", paper,
            $"the paper's: {policies.Describe(request.Findings)}; blank counts as absent"));
        PaperLists? lists = Lists(request.Folder);
        var there = new List<(string, string)>();
        if (lists is not null)
        {
            there.Add(("paper", "the paper's lists, which are in the folder"));
        }

        if (File.Exists(Path.Combine(root, "train.csv")) || File.Exists(Path.Combine(root, "valid.csv")))
        {
            there.Add(("official", "train.csv, valid.csv and, if it is there, test.csv"));
        }

        string folder = Path.GetFullPath(request.Options.ImageRoot ?? root);
        Func<string, string> pathOf = name => Path.Combine(folder, CheXpertTable.PlaceOf(name, name).Relative);
        return request.SplitName(there) == "paper" ? FromPaperLists(request, lists!, root, policies, pathOf)
            : Official(request, root, policies, pathOf);
    }

    private static PublishedParts Official(PublishedRequest request, string root, UncertaintyPolicies policies, Func<string, string> pathOf)
    {
        PublishedPart Part(string split, string file) => request.Wants(split)
            ? CheXpertTable.Read(Path.Combine(root, file), request, policies) : PublishedPart.None;

        string? test = TestTable(root);
        if (test is null && request.Wants("test"))
        {
            request.Notes.Add($"{request.Source.Text}: there is no test.csv, so nothing is tested.");
        }

        return new PublishedParts([Part("train", "train.csv"), Part("val", "valid.csv"), test is null ? PublishedPart.None
            : Part("test", test)], pathOf, IsFraction: false);
    }

    private static PublishedParts FromPaperLists(
        PublishedRequest request, PaperLists lists, string root, UncertaintyPolicies policies, Func<string, string> pathOf)
    {
        bool areListed = request.Findings.All(s_five.Contains);
        PublishedPart train = PublishedPart.None;
        bool isFraction = false;
        if (request.Wants("train"))
        {
            string all = Path.Combine(root, "train.csv");
            if (lists.Train(request) is { } listed)
            {
                train = Labelled(listed.Part, areListed && policies.ArePaper(request.Findings), all);
                isFraction = listed.IsFraction;
            }
            else if (File.Exists(all))
            {
                // The paper publishes no list of all training images, which are those of the official table.
                train = CheXpertTable.Read(all, request, policies);
                request.Notes.Add(
                    $"{request.Source.Text}: the training images are those of train.csv, because the "
                        + "paper has no list of all training images.");
            }
            else
            {
                throw lists.NoTrain(request.Options.LabelFraction);
            }
        }

        // No label of the validation and test images is uncertain, so the lists' are right under every policy.
        PublishedPart val = request.Wants("val") ? Labelled(lists.Val(), areListed, Path.Combine(root, "valid.csv")) : PublishedPart.None;
        PublishedPart test = request.Wants("test")
            ? Labelled(lists.Test(request), areListed, Path.Combine(root, TestTable(root) ?? "test.csv")) : PublishedPart.None;
        return new PublishedParts([train, val, test], pathOf, isFraction);

        PublishedPart Labelled(PublishedPart part, bool byList, string table)
        {
            bool needsTable = !byList || request.Options.GroupColumn is not null;
            Dictionary<string, LabelRow>? known = needsTable && part.Rows.Count > 0 ? RowsOf(request, table, policies, byList) : null;
            return part with
            {
                Rows = [.. (byList ? request.Pick(s_five, part.Rows) : part.Rows).Select(row =>
                {
                    CheXpertTable.Place place = CheXpertTable.PlaceOf(row.Name, $"{part.File} line {row.Line}");
                    LabelRow? own = known is null ? null : known.GetValueOrDefault(place.Relative)
                        ?? throw new RadaptException($"{part.File} line {row.Line}: {table} has no row for '{row.Name}'.");
                    return row with
                    {
                        Labels = byList ? row.Labels : own!.Labels,
                        Patient = place.Patient,
                        Study = place.Study,
                        View = place.View,
                        Group = own?.Group,
                    };
                })],
            };
        }
    }

    private static Dictionary<string, LabelRow> RowsOf(
        PublishedRequest request, string table, UncertaintyPolicies policies, bool onlyForGroups)
    {
        if (!File.Exists(table))
        {
            throw new RadaptException(onlyForGroups
                ? $"--subgroup {request.Options.GroupColumn}: {table} is missing, and the paper's lists have no such column."
                : $"{table} is missing: the paper's lists contain only {string.Join(", ", s_five)}, with the paper's uncertainty policy; "
                    + "other findings and policies need CheXpert's own tables.");
        }

        PublishedPart part = CheXpertTable.Read(table, request, policies);
        if (!onlyForGroups)
        {
            request.Notes.Add($"{request.Source.Text}: labels of the paper's images come from {Path.GetFileName(table)}.");
        }

        return part.Rows.GroupBy(r => CheXpertTable.PlaceOf(r.Name, table).Relative, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => g.First(), StringComparer.Ordinal);
    }

    private static PaperLists? Lists(string folder) =>
        PaperLists.Find(folder, s_five.Length) ?? PaperLists.Find(Root(folder), s_five.Length);

    // People name the folder that holds CheXpert-v1.0-small as often as that folder itself.
    private static string Root(string folder) =>
        File.Exists(Path.Combine(folder, "train.csv")) || File.Exists(Path.Combine(folder, "valid.csv")) ? folder
        : Directory.EnumerateDirectories(folder, "CheXpert-v1.0*").Order(StringComparer.Ordinal).FirstOrDefault() ?? folder;

    private static string? TestTable(string root) => s_testTables.FirstOrDefault(f => File.Exists(Path.Combine(root, f)));

    private static bool IsTable(string file)
    {
        using StreamReader? reader = File.Exists(file) ? new StreamReader(file) : null;
        string? header = reader?.ReadLine();
        return header is not null && header.Contains("Path", StringComparison.Ordinal)
            && s_five.Any(f => header.Contains(f, StringComparison.Ordinal));
    }
}
