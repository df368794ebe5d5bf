using System.Security.Cryptography;
using System.Text;
using Radapt.Datasets;
using Radapt.Datasets.Matching;
using Radapt.Datasets.Published;
using Radapt.Imaging.Dicom;

namespace Radapt.Runs;

/// <summary>
/// How images are named in run folders. File names are often patient names or accession numbers, so where the table has a patient
/// column, or images are DICOM files, they are replaced by HMAC-SHA256 under a key that stays with the data: the hospital can find the
/// image again, others cannot.
/// </summary>
internal sealed class NameKey
{
    private const string FileName = ".radapt-key";
    private const int KeyBytes = 32;
    private const int FewestBytes = 16;
    private const int Attempts = 40;
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(50);

    private readonly byte[]? _key;

    private NameKey(byte[]? key) => _key = key;

    /// <summary>Names as they are.</summary>
    public static NameKey None { get; } = new(null);

    /// <summary>Whether names are written as they are.</summary>
    public bool IsPlain => _key is null;

    /// <summary>
    /// The naming of a run: plain where the recipe says so or nothing comes from patients, else under <c>--key</c> or the data's own key.
    /// </summary>
    /// <param name="options">Where the data is, whether names are written as they are, and the key.</param>
    /// <param name="data">The data.</param>
    /// <exception cref="RadaptException">The key cannot be read or made.</exception>
    public static NameKey For(DataOptions options, DataSplits data)
    {
        if (options.PlainNames || (!data.KnowsPatients && options.Key is null))
        {
            return None;
        }

        return new NameKey(ReadOrCreate(options.Key ?? FileOf(options)));
    }

    /// <summary>The key of a run's data, if it is there; none is made.</summary>
    /// <param name="options">Where the data is, and its key.</param>
    public static NameKey? TryRead(DataOptions options)
    {
        string file = options.Key ?? FileOf(options);
        try
        {
            return File.Exists(file) ? new NameKey(Read(file)) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            return null;
        }
    }

    /// <summary>
    /// Makes sure, before headers are read, that there is a key or one can be made, where it is certain that one is needed: it was asked
    /// for, or the first files are DICOM. Nothing is left on the disk.
    /// </summary>
    /// <inheritdoc cref="For" path="/exception"/>
    public static void RequireUsable(DataOptions options)
    {
        if (options.PlainNames || (options.Data is null && options.Train is null) || (options.Key is null && !BeginsWithDicom(options)))
        {
            return;
        }

        string file = options.Key ?? FileOf(options);
        try
        {
            if (File.Exists(file))
            {
                Read(file);
                return;
            }

            string probe = $"{file}.{Guid.NewGuid():N}.tmp";
            using FileStream stream = new(probe, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            throw NoKey(file, e);
        }
    }

    private static bool BeginsWithDicom(DataOptions options)
    {
        const int Looked = 50;
        string? folder = options.ImageRoot ?? (options.Data is { } data && PublishedSource.Parse(data) is null
            ? Directory.Exists(data) ? data : Path.GetDirectoryName(Path.GetFullPath(data)) : null);
        try
        {
            return folder is not null && Directory.Exists(folder)
                && FolderWalk.Files(folder).Take(Looked).Any(f => DicomReader.IsDicomFile(f));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false; // whoever reads the folder says so
        }
    }

    private static RadaptException NoKey(string file, Exception e) => new(
        $"{file}: the key that hides image names cannot be read or created ({e.Message}). Give another file with --key FILE, or "
            + "--plain-names to write names as they are.", e);

    /// <summary>The name to write: the plain one, or 32 hexadecimal digits that depend on the key.</summary>
    public string Name(string plain) => _key is null ? plain
        : Convert.ToHexStringLower(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(plain)).AsSpan(0, 16));

    private static string FileOf(DataOptions options)
    {
        string source = Path.GetFullPath(options.Data is { } named ? PublishedSource.PathOf(named) : options.Train!);
        return Path.Combine(Directory.Exists(source) ? source : Path.GetDirectoryName(source)!, FileName);
    }

    private static byte[] ReadOrCreate(string file)
    {
        try
        {
            return TryCreate(file) ?? Read(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException or RadaptException)
        {
            throw NoKey(file, e);
        }
    }

    // Of several runs that begin at once, one makes the file, and the system tells the others that it is there. Only its owner may ever
    // read it.
    private static byte[]? TryCreate(string file)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        byte[] key = RandomNumberGenerator.GetBytes(KeyBytes);
        try
        {
            using var stream = new FileStream(file, options);
            try
            {
                stream.Write(Encoding.ASCII.GetBytes(Convert.ToHexStringLower(key) + "\n"));
                stream.Flush(flushToDisk: true);
            }
            catch
            {
                File.Delete(file);
                throw;
            }

            return key;
        }
        catch (IOException) when (File.Exists(file))
        {
            return null;
        }
    }

    // A run that has just made the file may still be writing it.
    private static byte[] Read(string file)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                byte[] key = Convert.FromHexString(File.ReadAllText(file).Trim());
                return key.Length >= FewestBytes ? key
                    : throw new FormatException($"it has {key.Length} bytes, fewer than {FewestBytes}");
            }
            catch (Exception e) when (e is IOException or FormatException && attempt < Attempts)
            {
                Thread.Sleep(s_pause);
            }
        }
    }
}
