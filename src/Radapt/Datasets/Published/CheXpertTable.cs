using System.Text.RegularExpressions;
using Radapt.Datasets.Tables;

namespace Radapt.Datasets.Published;

/// <summary>
/// A table of CheXpert (<c>train.csv</c>, <c>valid.csv</c>, <c>test.csv</c>): <c>Path</c> and observations of 1, 0, -1 (uncertain) or
/// blank.
/// </summary>
internal static partial class CheXpertTable
{
    private const string PathColumn = "Path";

    /// <summary>
    /// Patient, study and view that a path tells, and the path below the data set's folder:
    /// <c>train/patient00001/study1/view1_frontal.jpg</c>.
    /// </summary>
    public readonly record struct Place(string Relative, string Patient, string Study, string View);

    /// <summary>Reads a table with labels by <paramref name="policies"/>.</summary>
    /// <exception cref="RadaptException">A column is missing, or a path or label is none of CheXpert's.</exception>
    public static PublishedPart Read(string file, PublishedRequest request, UncertaintyPolicies policies)
    {
        IReadOnlyList<string> findings = request.Findings;
        var table = new PublishedTable(file, [PathColumn, .. findings]);
        Func<string[], string?> group = table.Group(request.Options);
        (int path, int lateral, int projection) = (table.Column(PathColumn), table.Column("Frontal/Lateral"), table.Column("AP/PA"));
        int[] columns = [.. findings.Select(table.Column)];
        var rows = new List<LabelRow>(table.Rows.Count);
        var uncertain = new int[findings.Count];
        foreach ((int line, string[] cells) in table.Rows)
        {
            Place place = PlaceOf(cells[path], $"{file} line {line}");
            var labels = new sbyte[findings.Count];
            for (int f = 0; f < labels.Length; f++)
            {
                UncertaintyPolicy policy = policies[findings[f]];
                labels[f] = cells[columns[f]] switch
                {
                    "1.0" or "1" => 1,
                    "0.0" or "0" => 0,
                    "-1.0" or "-1" => Uncertain(policy),
                    "" => (sbyte)(policy == UncertaintyPolicy.Ignore ? -1 : 0),
                    string other => throw table.Bad(line, findings[f], $"'{other}' is neither 1, 0, -1 (uncertain) nor empty"),
                };
                uncertain[f] += cells[columns[f]] is "-1.0" or "-1" ? 1 : 0;
            }

            string view = projection >= 0 && cells[projection] is { Length: > 0 } p ? p
                : lateral >= 0 && cells[lateral] is { Length: > 0 } l ? l : place.View;
            rows.Add(new LabelRow(line, cells[path], place.Patient, null, labels)
            {
                Study = place.Study,
                View = view,
                Group = group(cells),
            });
        }

        if (uncertain.Sum() > 0)
        {
            string counts = string.Join(", ", findings.Select((f, i) => $"{f} {uncertain[i]}"));
            request.Notes.Add($"{Path.GetFileName(file)}: uncertain labels of {rows.Count} images: {counts}; {policies.Describe(findings)}.");
        }

        return new PublishedPart(file, rows);
    }

    /// <summary>What a path tells.</summary>
    public static Place PlaceOf(string path, string where)
    {
        Match match = PathPattern().Match(path.Replace('\\', '/'));
        return match.Success
            ? new Place(match.Groups["relative"].Value, match.Groups["patient"].Value,
                $"{match.Groups["patient"].Value}/{match.Groups["study"].Value}", match.Groups["view"].Value == "lateral"
                    ? "Lateral" : "Frontal")
            : throw new RadaptException(
                $"{where}: '{path}' is not a path of CheXpert, such as CheXpert-v1.0-small/train/patient00001/study1/view1_frontal.jpg.");
    }

    private static sbyte Uncertain(UncertaintyPolicy policy) => policy switch
    {
        UncertaintyPolicy.Ignore => -1,
        UncertaintyPolicy.Zeros => 0,
        _ => 1,
    };

    [GeneratedRegex(
        @"^(?:.*/)?(?<relative>(?:train|valid|test)/(?<patient>patient\d+)/(?<study>study\d+)/view\d+_(?<view>frontal|lateral)\.(?:jpg|jpeg|png))$")]
    private static partial Regex PathPattern();
}
