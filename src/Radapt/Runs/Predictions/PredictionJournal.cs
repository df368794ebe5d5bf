using System.Text;
using System.Text.Json;

namespace Radapt.Runs.Predictions;

/// <summary>
/// The rows of a prediction as they are made, in a file beside the table that is to be: a line of JSON each, after a first line that says
/// which
/// prediction it is. What is cut off by a kill or a power cut is an incomplete last line or more, which is dropped when the prediction goes
/// on.
/// </summary>
internal sealed class PredictionJournal : IDisposable
{
    private static readonly JsonSerializerOptions s_json = RunFolder.Json;
    private readonly FileStream _file;

    private PredictionJournal(string path, FileStream file, int rows) => (Path, _file, Rows) = (path, file, rows);

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Rows so far.</summary>
    public int Rows { get; private set; }

    /// <summary>Where the journal of a table is.</summary>
    public static string PathFor(string table) => table + ".part";

    /// <summary>Begins a journal, or goes on with the one that an earlier session of the same prediction left.</summary>
    /// <param name="table">The table that is to be.</param>
    /// <param name="fingerprint">Of everything that decides the rows.</param>
    /// <param name="multiple">Rows that are kept are a multiple of this, since a row may depend on the others of its batch.</param>
    /// <param name="replaces">Begin again where the file is that of another prediction.</param>
    /// <exception cref="RadaptException">The file is that of another prediction, is in use, or cannot be written.</exception>
    public static PredictionJournal Open(string table, string fingerprint, int multiple, bool replaces)
    {
        string path = PathFor(table);
        try
        {
            FileStream file = new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            try
            {
                string head = JsonSerializer.Serialize(new Head(fingerprint), s_json) + "\n";
                (bool isSame, int rows, long length) = Kept(file, head, multiple);
                if (!isSame && !replaces && HoldsRows(file))
                {
                    throw new RadaptException(
                        $"{path}: contains an unfinished prediction with other images, runs or options. Repeat that command to continue it, remove "
                        + "the file, or give --overwrite to start again.");
                }

                file.SetLength(isSame ? length : 0);
                file.Position = file.Length;
                if (!isSame)
                {
                    file.Write(Encoding.UTF8.GetBytes(head));
                }

                return new PredictionJournal(path, file, isSame ? rows : 0);
            }
            catch
            {
                file.Dispose();
                throw;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw RadaptException.In(path,
                $"cannot be written ({e.Message}). Another radapt may be at work on this table; or choose a folder with write access.", e);
        }
    }

    /// <summary>Adds rows and hands them to the system.</summary>
    /// <exception cref="RadaptException">The disk is full or gone.</exception>
    public void Append(IReadOnlyList<PredictionRow> rows)
    {
        var text = new StringBuilder();
        foreach (PredictionRow row in rows)
        {
            text.Append(JsonSerializer.Serialize(row, s_json)).Append('\n');
        }

        try
        {
            _file.Write(Encoding.UTF8.GetBytes(text.ToString()));
            _file.Flush();
        }
        catch (IOException e)
        {
            throw RadaptException.In(Path, $"cannot be written ({e.Message}). Free some space; the same command then continues.", e);
        }

        Rows += rows.Count;
    }

    /// <summary>All rows, read from the file one after the other.</summary>
    public IEnumerable<PredictionRow> Read()
    {
        _file.Flush(flushToDisk: true);
        _file.Position = 0;
        using var reader = new StreamReader(_file, Encoding.UTF8, leaveOpen: true);
        reader.ReadLine(); // the head
        while (reader.ReadLine() is { } line)
        {
            yield return JsonSerializer.Deserialize<PredictionRow>(line, s_json)!;
        }
    }

    /// <summary>Removes the file; the table is complete.</summary>
    public void Remove()
    {
        _file.Dispose();
        File.Delete(Path);
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    // Whether the file begins with the head, how many whole rows of it are kept, and up to which byte.
    private static (bool IsSame, int Rows, long Length) Kept(FileStream file, string head, int multiple)
    {
        file.Position = 0;
        var start = new byte[Encoding.UTF8.GetByteCount(head)];
        if (file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) < start.Length || Encoding.UTF8.GetString(start) != head)
        {
            return (false, 0, 0);
        }

        (int rows, long length, int keptRows, long keptLength) = (0, start.Length, 0, start.Length);
        foreach (byte[] line in Lines(file))
        {
            if (!IsRow(line))
            {
                break;
            }

            length += line.Length + 1;
            if (++rows % multiple == 0)
            {
                (keptRows, keptLength) = (rows, length);
            }
        }

        return (true, keptRows, keptLength);
    }

    // A session that was interrupted before its first batch leaves nothing that is worth keeping.
    private static bool HoldsRows(FileStream file)
    {
        file.Position = 0;
        byte[][] start = [.. Lines(file).Take(2)];
        return start.Length == 2 || (file.Length > 0 && !IsHead(start.FirstOrDefault()));
    }

    private static bool IsHead(byte[]? line)
    {
        try
        {
            return line is not null && JsonSerializer.Deserialize<Head>(line, s_json) is { Radapt: not null };
        }
        catch (JsonException)
        {
            return false; // a file of something else
        }
    }

    // Whole lines, without their ends.
    private static IEnumerable<byte[]> Lines(FileStream file)
    {
        var line = new List<byte>();
        var buffer = new byte[1 << 16];
        while (file.Read(buffer) is var count and > 0)
        {
            int from = 0;
            while (Array.IndexOf(buffer, (byte)'\n', from, count - from) is var end and >= 0)
            {
                line.AddRange(buffer.AsSpan(from, end - from));
                yield return [.. line];
                line.Clear();
                from = end + 1;
            }

            line.AddRange(buffer.AsSpan(from, count - from));
        }
    }

    private static bool IsRow(byte[] line)
    {
        try
        {
            return JsonSerializer.Deserialize<PredictionRow>(line, s_json) is { Image: not null, Cells: not null };
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private sealed record Head(string Radapt)
    {
        public int Format { get; init; } = 1;
    }
}
