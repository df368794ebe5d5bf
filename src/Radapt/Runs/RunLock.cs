using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Radapt.Runs;

/// <summary>
/// Keeps a run folder for one session. The operating system holds the lock and gives it up when the process ends, however it ends; the file
/// beside it says whose it is, and counts alone on drives that carry no locks.
/// </summary>
internal sealed class RunLock : IDisposable
{
    private const string LockFile = "lock";
    private const string OwnerFile = "owner.json";
    private const int Attempts = 5;
    private const int WouldBlock = 11; // Linux; 35 on macOS
    private const int WouldBlockOnMac = 35;
    private const int SharingViolation = 0x20; // Windows

    private readonly string _owner;
    private readonly FileStream _lock;
    private bool _isHeld = true;

    private RunLock(FileStream file, string owner) => (_lock, _owner) = (file, owner);

    /// <summary>The names of its files in the folder <c>state</c>.</summary>
    public static IReadOnlyList<string> Files { get; } = [LockFile, OwnerFile];

    /// <summary>Takes the lock of a run.</summary>
    /// <param name="run">The run's folder, for the message.</param>
    /// <param name="state">Its folder <c>state</c>, which exists.</param>
    /// <exception cref="RadaptException">Another session has it (the message says which), or the folder cannot be written.</exception>
    public static RunLock Take(string run, string state)
    {
        string path = Path.Combine(state, LockFile);
        string owner = Path.Combine(state, OwnerFile);
        for (int attempt = 1; ; attempt++)
        {
            FileStream file = Open(run, path, owner);
            try
            {
                if (ReadOwner(owner) is { } other && other != ProcessOwner.This && other.IsAlive() == true)
                {
                    throw Busy(run, other);
                }

                // A session that ended between our opening the file and locking it has removed it: then nobody else sees this lock.
                if (File.Exists(path) || attempt == Attempts)
                {
                    AtomicFile.WriteText(owner, JsonSerializer.Serialize(ProcessOwner.This, RunFolder.Json) + "\n");
                    return new RunLock(file, owner);
                }
            }
            catch
            {
                file.Dispose();
                throw;
            }

            file.Dispose();
        }
    }

    /// <summary>Refuses a folder that a session works in at the moment. Changes nothing.</summary>
    /// <exception cref="RadaptException">One does; the message says which.</exception>
    public static void RequireFree(string run, string state)
    {
        if (ReadOwner(Path.Combine(state, OwnerFile)) is { } owner && owner.IsAlive() == true)
        {
            throw Busy(run, owner);
        }
    }

    /// <summary>Whether another session works in a folder at the moment.</summary>
    public static bool IsOthers(string state) =>
        ReadOwner(Path.Combine(state, OwnerFile)) is { } owner && owner != ProcessOwner.This && owner.IsAlive() == true;

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_isHeld)
        {
            _isHeld = false;
            File.Delete(_owner);
            _lock.Dispose();
        }
    }

    private static FileStream Open(string run, string path, string owner)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1,
                FileOptions.DeleteOnClose);
        }
        catch (IOException e) when ((e.HResult & 0xFFFF) is WouldBlock or WouldBlockOnMac or SharingViolation)
        {
            throw Busy(run, ReadOwner(owner));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RadaptException($"{run}: the run folder cannot be written ({e.Message}). Choose another --out.", e);
        }
    }

    private static RadaptException Busy(string run, ProcessOwner? owner) => new(
        $"{run}: another radapt is working in this folder{(owner is null ? "" : $" ({owner})")}. Wait until it ends, or stop it and resume "
            + "with --resume; or choose another --out.");

    [SuppressMessage("Design", "CA1031", Justification = "an unreadable note says nothing, and the lock itself decides")]
    private static ProcessOwner? ReadOwner(string path)
    {
        try
        {
            return File.Exists(path) ? JsonSerializer.Deserialize<ProcessOwner>(File.ReadAllText(path), RunFolder.Json) : null;
        }
        catch (Exception)
        {
            return null;
        }
    }
}
