using System.IO.Compression;
using System.Text;
using UtfUnknown;

namespace Radapt.Datasets.Tables;

/// <summary>The text of a label table or split list, whatever program wrote it.</summary>
internal static class TextFile
{
    private const long LargestBytes = 256L << 20; // unpacked; the largest published table has 30 MB

    // asked directly: registering it would change the process
    private static readonly Encoding s_windows1252 = CodePagesEncodingProvider.Instance.GetEncoding(1252)!;
    private static readonly UTF8Encoding s_strictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>
    /// Reads a text file, unpacking <c>.gz</c>. The encoding is that of the byte order mark, else UTF-8 where the bytes are valid as
    /// such, else the likeliest by statistics, else Windows-1252; UTF-16 is known without a mark by its zero bytes. Lines end in <c>\n</c>
    /// or <c>\r\n</c> in what is returned.
    /// </summary>
    /// <exception cref="RadaptException">The file is missing, unreadable, empty, too large or no text.</exception>
    public static string Read(string path)
    {
        byte[] bytes = ReadBytes(path);
        if (bytes is [(byte)'P', (byte)'K', 3, 4, ..])
        {
            throw new RadaptException(
                $"{path} is a workbook or an archive, not text; label tables may be workbooks (.xlsx), lists may not: save it as text.");
        }

        if (bytes is [0xD0, 0xCF, 0x11, 0xE0, ..])
        {
            throw new RadaptException(
                $"{path} is a workbook of the old format (.xls), or encrypted: save it as .xlsx without a password, or as CSV.");
        }

        string text = Decode(bytes);
        if (text.Contains('\0', StringComparison.Ordinal))
        {
            throw new RadaptException($"{path} is not text: a label table (.csv) or a split list (lines like 'name 0 1') is needed.");
        }

        if (string.IsNullOrWhiteSpace(text))
        {
            throw new RadaptException($"{path} is empty.");
        }

        return text.Contains('\n', StringComparison.Ordinal) ? text : text.Replace('\r', '\n');
    }

    private static byte[] ReadBytes(string path)
    {
        if (Directory.Exists(path))
        {
            throw new RadaptException($"{path} is a folder, but a file is needed.");
        }

        if (!File.Exists(path))
        {
            throw new RadaptException($"{path} does not exist.");
        }

        try
        {
            using FileStream file = RegularFile.OpenRead(path);
            using Stream stream = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase)
                ? new GZipStream(file, CompressionMode.Decompress) : file;
            using var content = new MemoryStream();
            var buffer = new byte[1 << 16];
            for (int read; (read = stream.Read(buffer)) > 0;)
            {
                content.Write(buffer, 0, read);
                if (content.Length > LargestBytes)
                {
                    throw new RadaptException(
                        $"{path} has more than {LargestBytes >> 20} MiB of text{(stream == file ? "" : " once it is unpacked")}, which is "
                            + "the limit: give a label table or split list, or leave out columns that are not needed.");
                }
            }

            return content.ToArray();
        }
        catch (EmptyFileException e)
        {
            throw new RadaptException($"{path}: {e.Message}; give a file with a label table or split list.", e);
        }
        catch (InvalidDataException e)
        {
            throw new RadaptException($"{path} cannot be unpacked: {e.Message}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RadaptException($"{path} cannot be read: {e.Message}", e);
        }
    }

    private static string Decode(byte[] bytes)
    {
        Encoding? marked = bytes switch
        {
            [0xEF, 0xBB, 0xBF, ..] => Encoding.UTF8,
            [0xFF, 0xFE, 0, 0, ..] => Encoding.UTF32,
            [0xFF, 0xFE, ..] => Encoding.Unicode,
            [0xFE, 0xFF, ..] => Encoding.BigEndianUnicode,
            _ => null,
        };
        if (marked is not null)
        {
            return marked.GetString(bytes.AsSpan(marked.Preamble.Length));
        }

        if (Unmarked16(bytes) is { } wide)
        {
            return wide.GetString(bytes);
        }

        try
        {
            return s_strictUtf8.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            // Statistics on a few accented names are a guess; below even odds it is what Excel writes as CSV in western Europe, a superset
            // of Latin-1.
            DetectionDetail? guess = CharsetDetector.DetectFromBytes(bytes).Detected;
            return (guess is { Confidence: > 0.5f, Encoding: { } encoding } ? encoding : s_windows1252).GetString(bytes);
        }
    }

    // Tables are mostly ASCII, every second byte of which is zero in UTF-16; no other text has zeros.
    private static UnicodeEncoding? Unmarked16(byte[] bytes)
    {
        int length = Math.Min(bytes.Length, 4096) & ~1;
        (int even, int odd) = (0, 0);
        for (int i = 0; i < length; i += 2)
        {
            even += bytes[i] == 0 ? 1 : 0;
            odd += bytes[i + 1] == 0 ? 1 : 0;
        }

        bool isWide = bytes.Length % 2 == 0 && Math.Max(even, odd) > length / 4 && Math.Min(even, odd) == 0;
        return isWide ? new UnicodeEncoding(bigEndian: even > odd, byteOrderMark: false) : null;
    }
}
