namespace Radapt.Server;

/// <summary>
/// A private temporary folder for uploaded adapters. It is removed at the end, or, after an end that left no time for that, by the next
/// service of the same user.
/// </summary>
internal sealed class UploadFolder : IDisposable
{
    private const string Prefix = "radapt-serve-";
    private const string LockFile = "in-use";

    private readonly DirectoryInfo _folder;
    private readonly FileStream _lock;

    public UploadFolder()
    {
        foreach (string left in Directory.EnumerateDirectories(Path.GetTempPath(), Prefix + "*"))
        {
            RemoveUnlessInUse(left);
        }

        _folder = Directory.CreateTempSubdirectory(Prefix); // its owner's alone
        _lock = Hold(_folder.FullName, FileMode.CreateNew);
    }

    /// <summary>A path for a new file, without any name of the sender's.</summary>
    public string NewFile() => Path.Combine(_folder.FullName, Guid.NewGuid().ToString("n") + ".safetensors");

    /// <inheritdoc/>
    public void Dispose()
    {
        _lock.Dispose();
        _folder.Delete(recursive: true);
    }

    // A process that ends in whatever way lets go of its lock.
    private static FileStream Hold(string folder, FileMode mode) =>
        new(Path.Combine(folder, LockFile), mode, FileAccess.ReadWrite, FileShare.None);

    private static void RemoveUnlessInUse(string folder)
    {
        try
        {
            Hold(folder, FileMode.Open).Dispose();
            Directory.Delete(folder, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // in use, of another user, just being made, or removed by another service that starts
        }
    }
}
