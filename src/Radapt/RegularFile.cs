using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Radapt;

/// <summary>
/// Opens ordinary files and nothing else. Reading a named pipe waits for ever, reading a device such as <c>/dev/zero</c> never ends, and
/// the framework reports a length of 0 for both. So the system is asked before anything is opened; where it does not tell (not Linux),
/// whatever has a length of 0 is refused where content is needed.
/// </summary>
internal static unsafe partial class RegularFile
{
    // struct statx of Linux, the same on every processor: 256 bytes, the mode at byte 28.
    private const int StatusBytes = 256, ModeAt = 28, CurrentFolder = -100, TypeAndMode = 3;
    private const int TypeMask = 0xF000, Regular = 0x8000;

    /// <summary>Refuses what exists but is not a regular file. A missing file passes: whoever opens it says so.</summary>
    /// <exception cref="RadaptException">A pipe, a device, a socket or a folder.</exception>
    public static void Require(string path)
    {
        if (TypeOf(path) is { } type && type != Regular)
        {
            throw new RadaptException($"{path} is {Name(type)}, not a file; give a regular file.");
        }
    }

    /// <summary>Whether a regular file exists at the path; links are followed.</summary>
    public static bool Exists(string path) => File.Exists(path) && TypeOf(path) is null or Regular;

    /// <summary>Opens a file for reading.</summary>
    /// <exception cref="IOException">It is empty, a pipe, a device or a folder, or cannot be opened.</exception>
    public static FileStream OpenRead(string path)
    {
        RequireContent(path);
        return File.OpenRead(path);
    }

    /// <summary>The same without a stream.</summary>
    /// <exception cref="IOException">As <see cref="OpenRead"/>.</exception>
    public static SafeFileHandle OpenHandle(string path)
    {
        RequireContent(path);
        return File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
    }

    /// <summary>The whole file.</summary>
    /// <exception cref="IOException">As <see cref="OpenRead"/>.</exception>
    public static byte[] ReadAllBytes(string path)
    {
        RequireContent(path);
        return File.ReadAllBytes(path);
    }

    /// <summary>The length in bytes of the file that a path means, links followed; 0: empty, a pipe or a device.</summary>
    /// <exception cref="IOException">There is no such file, or links go in a circle.</exception>
    public static long Length(string path)
    {
        var file = new FileInfo(path);
        return file.LinkTarget is null ? file.Length : ((FileInfo?)file.ResolveLinkTarget(returnFinalTarget: true))?.Length ?? 0;
    }

    private static void RequireContent(string path)
    {
        long length = Length(path);
        if (TypeOf(path) is { } type && type != Regular)
        {
            throw new EmptyFileException($"it is {Name(type)} instead of a file");
        }

        if (length == 0)
        {
            throw new EmptyFileException("it is empty");
        }
    }

    // Null where the system does not tell: not Linux, no such file, or a C library without the call.
    private static int? TypeOf(string path)
    {
        if (!OperatingSystem.IsLinux() || path.Contains('\0', StringComparison.Ordinal))
        {
            return null;
        }

        byte* status = stackalloc byte[StatusBytes];
        try
        {
            return Statx(CurrentFolder, path, 0, TypeAndMode, status) == 0 ? *(ushort*)(status + ModeAt) & TypeMask : null;
        }
        catch (EntryPointNotFoundException)
        {
            return null;
        }
    }

    private static string Name(int type) => type switch
    {
        0x1000 => "a named pipe",
        0x2000 or 0x6000 => "a device",
        0x4000 => "a folder",
        0xC000 => "a socket",
        _ => "a special file",
    };

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(int folder, string path, int flags, uint mask, byte* status);
}

/// <summary>A file without content, or something that is not an ordinary file.</summary>
#pragma warning disable CA1032 // thrown in one place, always with a message
internal sealed class EmptyFileException(string message) : IOException(message);
#pragma warning restore CA1032
