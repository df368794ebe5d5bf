using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Radapt.Pacs.Watching;

/// <summary>
/// What has become of the files of a watched folder, in <c>watch.jsonl</c> beside the results: a line of JSON each, written through to the
/// disk. A line that a power cut has torn is dropped, and its file is taken again, which gives the same results. One process has the
/// journal at a time.
/// </summary>
internal sealed class WatchJournal : IDisposable
{
    /// <summary>The file.</summary>
    public const string FileName = "watch.jsonl";

    // A file that ends the process each time, however it does it, is given up.
    private const int MostBeginnings = 3;
    private const int SparedLines = 1000; // before the file is written anew without what is out of date

    private static readonly JsonSerializerOptions s_json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter<WatchOutcome>() },
    };

    private readonly string _path;
    private readonly FileStream _lock;
    private HashSet<string> _known = new(StringComparer.Ordinal);
    private FileStream _file;
    private int _lines;

    private WatchJournal(string path, FileStream held) => (_path, _lock, _file) = (path, held, null!);

    /// <summary>Files with an outcome.</summary>
    public int Count => _known.Count;

    /// <summary>Of these, those that failed, when the journal was opened.</summary>
    public int FailedBefore { get; private set; }

    /// <summary>Opens the journal in a folder, or begins one.</summary>
    /// <param name="folder">The folder of the results.</param>
    /// <param name="retriesFailed">Forget which files failed.</param>
    /// <exception cref="RadaptException">Another process has it, or it cannot be written.</exception>
    public static WatchJournal Open(string folder, bool retriesFailed)
    {
        string path = Path.Combine(folder, FileName);
        FileStream? held = null;
        try
        {
            held = new FileStream(path + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            var journal = new WatchJournal(path, held);
            journal.Load(retriesFailed);
            return journal;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            held?.Dispose();
            throw RadaptException.In(path,
                $"cannot be written ({e.Message}). Another radapt may be watching with this --out; or choose a folder with write "
                    + "access.", e);
        }
        catch
        {
            held?.Dispose();
            throw;
        }
    }

    /// <summary>Whether a file has an outcome.</summary>
    public bool Has(string stamp) => _known.Contains(stamp);

    /// <summary>Adds a line.</summary>
    /// <exception cref="RadaptException">It cannot be written.</exception>
    public void Add(WatchEntry entry)
    {
        try
        {
            _file.Write(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(entry, s_json) + "\n"));
            _file.Flush(flushToDisk: entry.Outcome != WatchOutcome.Begun);
        }
        catch (IOException e)
        {
            throw RadaptException.In(_path, $"cannot be written ({e.Message}). Free some space and start again.", e);
        }

        _lines++;
        if (entry.Outcome != WatchOutcome.Begun)
        {
            _known.Add(entry.Stamp);
        }
    }

    /// <summary>Forgets files that are no longer in the folder, once there are many of them; failures stay listed.</summary>
    /// <param name="present">The files that are.</param>
    /// <exception cref="RadaptException">The journal cannot be written.</exception>
    public void Forget(HashSet<string> present)
    {
        if (_known.Count > (2 * present.Count) + SparedLines || _lines > (3 * _known.Count) + SparedLines)
        {
            _known.IntersectWith(present);
            Rewrite(e => e.Outcome != WatchOutcome.Begun && (_known.Contains(e.Stamp) || e.Outcome == WatchOutcome.Failed));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _file?.Dispose();
        _lock.Dispose();
    }

    private void Load(bool retriesFailed)
    {
        var outcomes = new Dictionary<string, WatchOutcome>(StringComparer.Ordinal);
        var begun = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (WatchEntry entry in Read())
        {
            if (entry.Outcome == WatchOutcome.Begun)
            {
                begun[entry.Stamp] = begun.GetValueOrDefault(entry.Stamp) + 1;
            }
            else
            {
                begun.Remove(entry.Stamp);
                outcomes[entry.Stamp] = entry.Outcome;
            }
        }

        if (retriesFailed)
        {
            begun.Clear();
            outcomes = outcomes.Where(o => o.Value != WatchOutcome.Failed).ToDictionary(StringComparer.Ordinal);
        }

        _known = [.. outcomes.Keys];
        FailedBefore = outcomes.Values.Count(o => o == WatchOutcome.Failed);
        Rewrite(e => e.Outcome == WatchOutcome.Begun ? begun.ContainsKey(e.Stamp) : !retriesFailed || _known.Contains(e.Stamp));
        foreach (string stamp in begun.Where(b => b.Value >= MostBeginnings).Select(b => b.Key))
        {
            FailedBefore++;
            Add(new WatchEntry(stamp, WatchOutcome.Failed)
            {
                Reason = $"radapt ended {MostBeginnings} times while it worked on this file. --retry-failed takes it again.",
                At = DateTimeOffset.UtcNow,
            });
        }
    }

    // Whole lines only: what is behind the last line break is torn.
    private IEnumerable<WatchEntry> Read()
    {
        if (!File.Exists(_path))
        {
            yield break;
        }

        using var reader = new StreamReader(new FileStream(_path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        while (reader.ReadLine() is { } line)
        {
            if (Parse(line) is { } entry)
            {
                yield return entry;
            }
        }
    }

    private static WatchEntry? Parse(string line)
    {
        try
        {
            return JsonSerializer.Deserialize<WatchEntry>(line, s_json) is { Stamp: not null } entry ? entry : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private void Rewrite(Func<WatchEntry, bool> isKept)
    {
        int lines = 0;
        AtomicFile.Write(_path, stream =>
        {
            foreach (WatchEntry entry in Read().Where(isKept))
            {
                stream.Write(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(entry, s_json) + "\n"));
                lines++;
            }

            _file?.Dispose(); // Windows does not replace a file that is open
        });
        _lines = lines;
        _file = new FileStream(_path, FileMode.Append, FileAccess.Write, FileShare.Read);
    }
}
