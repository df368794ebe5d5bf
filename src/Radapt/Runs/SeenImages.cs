using System.Globalization;
using System.IO.Hashing;
using Radapt.Datasets;
using Radapt.Datasets.Tables;

namespace Radapt.Runs;

/// <summary>
/// Which images a run has seen: those that it learned from, and those that chose its epoch. Told by the files' content, so that copies
/// under other names, and rows of other tables, are found too.
/// </summary>
internal sealed class SeenImages
{
    /// <summary>The file in the run folder.</summary>
    public const string FileName = "seen.csv";

    private const string Keyed = "file-hmac"; // the first column's name where content is hashed under the key of the data
    private const string Plain = "file-hash";

    // Read from the beginning of a file: the UIDs of DICOM, or compressed pixels of many rows. One read a file, since a run may have a
    // hundred thousand on a slow disk.
    private const int StartBytes = 32 << 10;

    private readonly Dictionary<string, string> _parts;
    private readonly NameKey _names;

    private SeenImages(Dictionary<string, string> parts, NameKey names) => (_parts, _names) = (parts, names);

    /// <summary>Writes the table of a run; images under the key where the run's other tables name them so.</summary>
    /// <exception cref="RadaptException">It cannot be written.</exception>
    public static void Write(string path, DataSplits data, NameKey names)
    {
        (string Hash, string Part)[] rows = [.. Hashed(data, names)];
        AtomicFile.WriteText(path, $"{(names.IsPlain ? Plain : Keyed)},split\n" + string.Concat(rows.Select(r => $"{r.Hash},{r.Part}\n")));
    }

    /// <summary>The images of a run's own data, read again; for runs that have no such table.</summary>
    public static SeenImages From(DataSplits data) => new(Parts(Hashed(data, NameKey.None)), NameKey.None);

    /// <summary>What a run's table says.</summary>
    /// <param name="path">The table.</param>
    /// <param name="key">The key of the run's data; null: it is not there.</param>
    /// <returns>Null: there is no table, or it can be read with the key only.</returns>
    /// <exception cref="RadaptException">The table is damaged.</exception>
    public static SeenImages? Read(string path, Func<NameKey?> key)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        CsvCells table = CsvCells.Read(path);
        NameKey? names = table.Header[0] == Keyed ? key() : NameKey.None;
        return names is null ? null : new SeenImages(Parts(table.Rows.Select(r => (r.Cells[0], r.Cells[^1]))), names);
    }

    /// <summary><c>train</c> or <c>val</c>; null: the run has not seen the image, or its file cannot be read.</summary>
    public string? PartOf(LabelledImage image) => Hash(image.Path, _names) is { } hash ? _parts.GetValueOrDefault(hash) : null;

    // An image of both parts was learned from.
    private static Dictionary<string, string> Parts(IEnumerable<(string Hash, string Part)> rows)
    {
        var parts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach ((string hash, string part) in rows)
        {
            if (part == Split.Names[0] || !parts.ContainsKey(hash))
            {
                parts[hash] = part;
            }
        }

        return parts;
    }

    private static IEnumerable<(string Hash, string Part)> Hashed(DataSplits data, NameKey names) =>
        new[] { data.Train, data.Val }.SelectMany((set, part) => set.Items.AsParallel().AsOrdered()
            .Select(i => Hash(i.Path, names)).OfType<string>().AsEnumerable().Select(h => (h, Split.Names[part])));

    private static string? Hash(string path, NameKey names)
    {
        try
        {
            using FileStream file = RegularFile.OpenRead(path);
            var start = new byte[(int)Math.Min(file.Length, StartBytes)];
            file.ReadExactly(start);
            string hash = Convert.ToHexStringLower(XxHash128.Hash(start));
            return names.Name(string.Create(CultureInfo.InvariantCulture, $"{file.Length}-{hash}"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null; // decoding says so
        }
    }
}
