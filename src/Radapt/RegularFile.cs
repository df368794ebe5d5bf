using System.Runtime.InteropServices;

namespace Radapt;

/// <summary>
/// Tells files from what only looks like one. Reading a named pipe waits for ever, reading a device such as <c>/dev/zero</c> never ends,
/// and the framework reports the length 0 for both.
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
