using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Radapt.Datasets.Matching;
using Radapt.Imaging;
using Radapt.Imaging.Dicom;
using Radapt.Pacs.Results;

namespace Radapt.Pacs.Watching;

/// <summary>
/// Takes every DICOM file that arrives in a folder once, when it is complete. The order of its writes makes it safe against an end at any
/// moment: results first, each whole; then the line of the journal. A file that was interrupted in between is taken again and finds its
/// results there. Memory grows with the number of files that stay in the folder, by some 200 bytes for each.
/// </summary>
/// <param name="options">The folder.</param>
/// <param name="analysis">Makes results.</param>
/// <param name="results">Where they go.</param>
/// <param name="journal">What has become of files.</param>
/// <param name="clock">Null: the machine's.</param>
internal sealed class FolderWatch(WatchOptions options, IInstanceAnalysis analysis, ResultFolder results, WatchJournal journal,
    TimeProvider? clock = null)
{
    private const int MostWaiting = 10_000; // more are looked at when these are done
    private const int ShownDigits = 12; // of a file's SHA-256
    private const int StampBytes = 16;

    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1); // with a file that cannot be opened

    // Programs write under such names and rename afterwards.
    private static readonly string[] s_unfinished = [".tmp", ".temp", ".part", ".partial", ".filepart", ".crdownload", ".lock"];

    private readonly TimeProvider _clock = clock ?? TimeProvider.System;
    private Dictionary<string, long> _waiting = new(StringComparer.Ordinal);

    /// <summary>Told what became of each file.</summary>
    public Action<WatchEntry> OnFile { get; init; } = _ => { };

    /// <summary>Looks at the folder once and does the files that are complete.</summary>
    /// <param name="cancellation">Ends it after the file at work.</param>
    /// <returns>Files that may still be written.</returns>
    /// <exception cref="RadaptException">The folder cannot be listed, or results cannot be written.</exception>
    public int Scan(CancellationToken cancellation)
    {
        var present = new HashSet<string>(StringComparer.Ordinal);
        var waiting = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (FileInfo file in Files())
        {
            if (cancellation.IsCancellationRequested)
            {
                return waiting.Count;
            }

            string stamp = Stamp(file);
            present.Add(stamp);
            if (journal.Has(stamp))
            {
                continue;
            }

            long since = _waiting.GetValueOrDefault(stamp, _clock.GetTimestamp());
            if (_clock.GetElapsedTime(since) < options.Settle || !Take(file, stamp, isLast: _clock.GetElapsedTime(since) > s_patience))
            {
                if (waiting.Count < MostWaiting)
                {
                    waiting[stamp] = since;
                }
            }
        }

        _waiting = waiting;
        journal.Forget(present);
        return waiting.Count;
    }

    /// <summary>Looks again and again until it is cancelled.</summary>
    /// <param name="once">End when nothing is left to do.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="RadaptException">The folder cannot be listed, or results cannot be written.</exception>
    public async Task RunAsync(bool once, CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            if (Scan(cancellation) == 0 && once)
            {
                return;
            }

            await Task.Delay(options.Interval, _clock, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private IEnumerable<FileInfo> Files()
    {
        IEnumerator<string> paths = Listed(() => FolderWalk.Files(options.Folder).GetEnumerator());
        using (paths)
        {
            while (Listed(paths.MoveNext))
            {
                string name = Path.GetFileName(paths.Current);
                if (!name.StartsWith('.') && !s_unfinished.Any(e => name.EndsWith(e, StringComparison.OrdinalIgnoreCase)))
                {
                    var file = new FileInfo(paths.Current);
                    if (file.Exists)
                    {
                        yield return file;
                    }
                }
            }
        }
    }

    private T Listed<T>(Func<T> list)
    {
        try
        {
            return list();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw RadaptException.In(options.Folder, $"the watched folder cannot be listed ({e.Message}). Check that it is there.", e);
        }
    }

    // False: the file cannot be opened at the moment, perhaps since another program has it.
    private bool Take(FileInfo file, string stamp, bool isLast)
    {
        byte[] bytes;
        try
        {
            if (file.Length > 0 && !DicomReader.IsDicomFile(file.FullName))
            {
                Finish(stamp, file, WatchOutcome.Skipped, null, null);
                return true;
            }

            bytes = RadiographReader.ReadBytes(file.FullName);
        }
        catch (RadaptException e)
        {
            if (!isLast && e.InnerException is IOException and not EmptyFileException)
            {
                return false;
            }

            Finish(stamp, file, WatchOutcome.Failed, null, e.What);
            return true;
        }

        string shown = options.PlainNames ? Relative(file)
            : $"sha256:{Convert.ToHexStringLower(SHA256.HashData(bytes))[..ShownDigits]}";
        journal.Add(new WatchEntry(stamp, WatchOutcome.Begun));
        (WatchOutcome outcome, string? reason, IReadOnlyList<DicomResult> made) = Analyse(bytes, shown);
        int added = made.Count(results.Add);
        Finish(stamp, file, outcome, shown, reason, added);
        if (outcome == WatchOutcome.Done && options.RemovesDone)
        {
            Remove(file, stamp);
        }

        return true;
    }

    [SuppressMessage("Design", "CA1031", Justification = "a file on which radapt itself fails must not end the watch for all others")]
    private (WatchOutcome Outcome, string? Reason, IReadOnlyList<DicomResult> Made) Analyse(byte[] bytes, string shown)
    {
        try
        {
            InstanceResults made = analysis.Analyse(bytes, shown);
            return made.Files.Count > 0 ? (WatchOutcome.Done, null, made.Files)
                : (WatchOutcome.Refused, string.Join("; ", made.Refusals), []);
        }
        catch (RadaptException e) when (e.Place == shown)
        {
            return (WatchOutcome.Failed, e.What, []);
        }
        catch (Exception e) when (e is not (RadaptException or OperationCanceledException))
        {
            return (WatchOutcome.Failed, $"this is a bug in radapt itself ({e.GetType().Name})", []);
        }
    }

    private void Finish(string stamp, FileInfo file, WatchOutcome outcome, string? shown, string? reason, int added = 0)
    {
        var entry = new WatchEntry(stamp, outcome)
        {
            File = shown ?? (options.PlainNames ? Relative(file) : null),
            Reason = reason,
            Results = added,
            At = _clock.GetUtcNow(),
        };
        journal.Add(entry);
        OnFile(entry);
    }

    // A file that was replaced in the meantime stays.
    private void Remove(FileInfo file, string stamp)
    {
        try
        {
            file.Refresh();
            if (file.Exists && Stamp(file) == stamp)
            {
                file.Delete();
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw RadaptException.In(options.Folder,
                $"a file cannot be removed ({e.Message}). Give write access to the folder, or leave --remove-done out.", e);
        }
    }

    private string Stamp(FileInfo file)
    {
        string text = string.Create(CultureInfo.InvariantCulture, $"{Relative(file)}\0{file.Length}\0{file.LastWriteTimeUtc.Ticks}");
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, StampBytes));
    }

    private string Relative(FileInfo file) => Path.GetRelativePath(options.Folder, file.FullName).Replace(Path.DirectorySeparatorChar, '/');
}
