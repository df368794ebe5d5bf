using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Radapt.Runs;

namespace Radapt.Studies.Work;

/// <summary>
/// Which process works on which cell of a study, as files in one folder: <c>CELL@1</c> is created exclusively, so that one process wins.
/// Its time of change is its heartbeat. A claim whose process has ended, or whose heartbeat stood still for long enough, is succeeded by
/// <c>CELL@2</c>, which again one process can create.
/// </summary>
/// <param name="folder">The folder of the claims.</param>
internal sealed class CellClaims(string folder)
{
    private const char Mark = '@'; // in no cell's name
    private const int Exists = 17, ExistsOnWindows = 0x50; // EEXIST, ERROR_FILE_EXISTS

    private readonly ConcurrentDictionary<string, (DateTime Beat, long Since)> _seen = new(StringComparer.Ordinal);

    /// <summary>Time between two heartbeats.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// How long a heartbeat of another machine may stand still, by this machine's own watch: clocks of machines differ.
    /// </summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>This machine's watch.</summary>
    public TimeProvider Watch { get; init; } = TimeProvider.System;

    /// <summary>Takes a cell for this process.</summary>
    /// <returns>Null: another process has it, or this one on another thread.</returns>
    /// <exception cref="RadaptException">The folder cannot be written.</exception>
    public CellClaim? TryTake(string cell)
    {
        try
        {
            Directory.CreateDirectory(folder);
            (int Number, string Path)[] there = Existing(cell);
            if (there.Length > 0 && !IsStale(there[^1].Path))
            {
                return null;
            }

            string path = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture,
                $"{cell}{Mark}{(there.Length == 0 ? 1 : there[^1].Number + 1)}"));
            if (!TryCreate(path))
            {
                return null;
            }

            // Others may have taken, finished and given up the cell between our look and our file. What we did not see then is theirs.
            if (Existing(cell).Any(e => e.Path != path && !there.Contains(e)))
            {
                File.Delete(path);
                return null;
            }

            foreach ((_, string old) in there)
            {
                File.Delete(old);
            }

            return new CellClaim(path, () => Existing(cell).LastOrDefault().Path == path, Interval);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RadaptException($"{folder}: cannot be written ({e.Message}). Choose another folder with -o.", e);
        }
    }

    /// <summary>Removes the claims of processes that ended between a cell that they had done and the end of its claim.</summary>
    /// <param name="cell">A cell that is done.</param>
    public void Clear(string cell)
    {
        foreach ((_, string path) in Existing(cell).Where(e => IsStale(e.Path)))
        {
            File.Delete(path);
        }
    }

    private static bool TryCreate(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite);
            JsonSerializer.Serialize(file, ProcessOwner.This, RunFolder.Json);
            return true;
        }
        catch (IOException e) when ((e.HResult & 0xFFFF) is Exists or ExistsOnWindows) // it may be gone again by now
        {
            return false;
        }
    }

    // In the order of their numbers.
    private (int Number, string Path)[] Existing(string cell) => !Directory.Exists(folder) ? [] :
    [
        .. Directory.EnumerateFiles(folder, $"{cell}{Mark}*")
            .Select(p => (Number: NumberOf(p), Path: p)).Where(p => p.Number > 0).OrderBy(p => p.Number),
    ];

    private static int NumberOf(string path) =>
        int.TryParse(path.AsSpan(path.LastIndexOf(Mark) + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : 0;

    private bool IsStale(string path)
    {
        ProcessOwner? owner = ReadOwner(path);
        if (owner?.IsAlive() is { } isAlive)
        {
            return !isAlive;
        }

        DateTime beat = File.GetLastWriteTimeUtc(path);
        long now = Watch.GetTimestamp();
        (DateTime last, long since) = _seen.AddOrUpdate(path, (beat, now), (_, before) => before.Beat == beat ? before : (beat, now));
        return last == beat && Watch.GetElapsedTime(since, now) > Patience;
    }

    // Null: it is gone, or is being written.
    private static ProcessOwner? ReadOwner(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<ProcessOwner>(File.ReadAllText(path), RunFolder.Json);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }
}
