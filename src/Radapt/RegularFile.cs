using Microsoft.Win32.SafeHandles;

namespace Radapt;

/// <summary>
/// Opens ordinary files and nothing else. A pipe would wait for a writer that never comes, and a device such as <c>/dev/zero</c> never ends. Both
/// report a length of 0, as do files that are empty, so the length is asked for before anything is opened.
/// </summary>
internal static class RegularFile
{
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
        if (Length(path) == 0)
        {
            throw new EmptyFileException();
        }
    }
}

/// <summary>A file without content, or something that is not an ordinary file.</summary>
#pragma warning disable CA1032 // thrown in one place, always with this message
internal sealed class EmptyFileException() : IOException("it is empty, or a pipe or a device instead of a file");
#pragma warning restore CA1032
