using Microsoft.Win32.SafeHandles;
using Radapt.Imaging.Dicom;

namespace Radapt.Datasets.Matching;

/// <summary>What a file is, told by its first bytes; names of files from a PACS or a phone tell little.</summary>
internal static class FileKinds
{
    private const int StartBytes = 132; // where a DICOM file says that it is one

    // PNG: ISO/IEC 15948; JPEG: ITU-T T.81; JPEG 2000: ITU-T T.800, Annex I (file) and A (bare code stream); others by their makers.
    private static readonly (string Kind, byte[] Start)[] s_starts =
    [
        ("PNG", [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A]),
        ("JPEG", [0xFF, 0xD8, 0xFF]),
        ("GIF", [.. "GIF8"u8]),
        ("TIFF", [(byte)'I', (byte)'I', 42, 0]),
        ("TIFF", [(byte)'M', (byte)'M', 0, 42]),
        ("JPEG 2000", [0, 0, 0, 12, (byte)'j', (byte)'P', (byte)' ', (byte)' ']),
        ("JPEG 2000", [0xFF, 0x4F, 0xFF, 0x51]),
        ("PDF", [.. "%PDF-"u8]),
    ];

    /// <summary>The formats that are read.</summary>
    public static IReadOnlySet<string> Readable { get; } = new HashSet<string>(StringComparer.Ordinal) { "PNG", "JPEG", "DICOM" };

    /// <summary>The kind of a file: one of <see cref="Readable"/>, another format of images or documents, or null.</summary>
    /// <param name="path">The file; one that cannot be opened is of no kind.</param>
    public static string? Tell(string path)
    {
        try
        {
            using SafeFileHandle file = RegularFile.OpenHandle(path);
            Span<byte> start = stackalloc byte[StartBytes];
            return Tell(start[..RandomAccess.Read(file, start, 0)], path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The same of what is in memory.</summary>
    /// <param name="content">The beginning of the file, or all of it.</param>
    /// <param name="name">Its name.</param>
    public static string? Tell(ReadOnlySpan<byte> content, string name)
    {
        ReadOnlySpan<byte> start = content[..Math.Min(content.Length, StartBytes)];

        if (DicomReader.IsDicom(start, name))
        {
            return "DICOM";
        }

        foreach ((string kind, byte[] first) in s_starts)
        {
            if (start.StartsWith(first))
            {
                return kind;
            }
        }

        // Two letters alone also begin texts; a bitmap has four zeros where none of these has.
        return start.Length >= 10 && start.StartsWith("BM"u8) && start[6..10].IndexOfAnyExcept((byte)0) < 0 ? "BMP"
            : start.StartsWith("RIFF"u8) && start.Length >= 12 && start[8..12].SequenceEqual("WEBP"u8) ? "WebP"
            : start.Length >= 12 && start[4..8].SequenceEqual("ftyp"u8) && start[8..11].SequenceEqual("hei"u8) ? "HEIC"
            : null;
    }
}
