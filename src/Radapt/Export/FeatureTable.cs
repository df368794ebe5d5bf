using System.Globalization;
using System.Text;
using Parquet;
using Parquet.Schema;
using Radapt.Datasets.Tables;

namespace Radapt.Export;

/// <summary>
/// The file of features. Rows are in the order of the images, and the column <c>image</c> is an image's number in that order, from 1:
/// images that cannot be read have no row. <c>.csv</c> and <c>.parquet</c> have the columns <c>image</c>, <c>name</c> where names are asked
/// for, and <c>f0</c>, <c>f1</c>, …; <c>.npy</c> has only the channels, and <c>FILE.rows.csv</c> the other columns.
/// </summary>
internal static class FeatureTable
{
    private const int RowsOfGroup = 4096;

    /// <summary>The endings that decide the format.</summary>
    public static IReadOnlyList<string> Endings { get; } = [".npy", ".csv", ".parquet"];

    /// <summary>The other file of a <c>.npy</c> file.</summary>
    public static string RowsFile(string table) => table + ".rows.csv";

    /// <summary>Makes sure that a file's ending names a format.</summary>
    /// <exception cref="RadaptException">It does not.</exception>
    public static void RequireFormat(string table)
    {
        if (!Endings.Contains(Path.GetExtension(table).ToLowerInvariant()))
        {
            throw new RadaptException($"-o {table}: the ending decides the format; give a name that ends with {string.Join(", ", Endings)}.");
        }
    }

    /// <summary>Writes the file, whole or not at all.</summary>
    /// <param name="table">The file.</param>
    /// <param name="width">Channels.</param>
    /// <param name="journal">The features.</param>
    /// <param name="names">Names of the images; null: they are not written.</param>
    /// <returns>Rows</returns>
    /// <exception cref="RadaptException">It cannot be written.</exception>
    public static int Write(string table, int width, FeatureJournal journal, IReadOnlyList<string>? names)
    {
        int rows = journal.Read().Count(r => r.Image >= 0);
        switch (Path.GetExtension(table).ToLowerInvariant())
        {
            case ".npy":
                AtomicFile.Write(RowsFile(table), stream => WriteText(stream, 0, journal, names));
                AtomicFile.Write(table, stream => NpyFile.Write(stream, rows, width, Rows(journal).Select(r => r.Features)));
                break;
            case ".csv":
                AtomicFile.Write(table, stream => WriteText(stream, width, journal, names));
                break;
            default:
                AtomicFile.Write(table, stream => WriteParquet(stream, width, journal, names).GetAwaiter().GetResult());
                break;
        }

        return rows;
    }

    private static IEnumerable<(int Image, float[] Features)> Rows(FeatureJournal journal) => journal.Read().Where(r => r.Image >= 0);

    private static void WriteText(Stream stream, int width, FeatureJournal journal, IReadOnlyList<string>? names)
    {
        using var writer = new StreamWriter(stream, new UTF8Encoding(false), leaveOpen: true) { NewLine = "\n" };
        writer.WriteLine(string.Join(',', Header(width, names)));
        foreach ((int image, float[] features) in Rows(journal))
        {
            writer.Write((image + 1).ToString(CultureInfo.InvariantCulture));
            if (names is not null)
            {
                writer.Write(',');
                writer.Write(CsvCells.Written(names[image]));
            }

            for (int c = 0; c < width; c++)
            {
                writer.Write(',');
                writer.Write(features[c].ToString("R", CultureInfo.InvariantCulture));
            }

            writer.WriteLine();
        }
    }

    private static IEnumerable<string> Header(int width, IReadOnlyList<string>? names) =>
        ["image", .. names is null ? [] : new[] { "name" }, .. Enumerable.Range(0, width).Select(c => $"f{c}")];

    // Groups of rows, so that memory holds one group.
    private static async Task WriteParquet(Stream stream, int width, FeatureJournal journal, IReadOnlyList<string>? names)
    {
        var image = new DataField<int>("image");
        var name = new DataField<string>("name", nullable: false);
        DataField<float>[] channels = [.. Enumerable.Range(0, width).Select(c => new DataField<float>($"f{c}"))];
        var schema = new ParquetSchema([image, .. names is null ? [] : new Field[] { name }, .. channels]);
        await using ParquetWriter writer = await ParquetWriter.CreateAsync(schema, stream).ConfigureAwait(false);
        foreach ((int Image, float[] Features)[] rows in Rows(journal)
            .Select(r => (r.Image, (float[])r.Features.Clone())).Chunk(RowsOfGroup))
        {
            using ParquetRowGroupWriter group = writer.CreateRowGroup();
            await group.WriteAsync<int>(image, rows.Select(r => r.Image + 1).ToArray()).ConfigureAwait(false);
            if (names is not null)
            {
                await group.WriteAsync(name, [.. rows.Select(r => names[r.Image])]).ConfigureAwait(false);
            }

            for (int c = 0; c < width; c++)
            {
                await group.WriteAsync<float>(channels[c], rows.Select(r => r.Features[c]).ToArray()).ConfigureAwait(false);
            }
        }
    }
}
