using System.Runtime.InteropServices;
using System.Text;

namespace Radapt.Export;

/// <summary>
/// Features as they are computed, in a file beside the table that is to be: a first line that says which features they are, then a record
/// an image, its number (int32) and its channels (float32). A record that a kill cut off is dropped when the work goes on.
/// </summary>
internal sealed class FeatureJournal : IDisposable
{
    private readonly FileStream _file;
    private readonly int _head;
    private readonly int _stride;

    private FeatureJournal(FileStream file, int head, int width)
    {
        (_file, _head, _stride) = (file, head, sizeof(int) + (sizeof(float) * width));
        Records = (int)((file.Length - head) / _stride);
    }

    /// <summary>Records so far.</summary>
    public int Records { get; private set; }

    /// <summary>The journal of a table.</summary>
    public static string PathFor(string table) => table + ".part";

    /// <summary>Begins a journal, or goes on with that of the same work.</summary>
    /// <param name="table">The table that is to be.</param>
    /// <param name="identity">Hash of everything that decides the records.</param>
    /// <param name="width">Channels.</param>
    /// <param name="multiple">Records that are kept are a multiple of this, since an image may depend on the others of its batch.</param>
    /// <param name="replaces">Begin again where the file is that of other work.</param>
    /// <exception cref="RadaptException">The file is that of other work, or cannot be written.</exception>
    public static FeatureJournal Open(string table, string identity, int width, int multiple, bool replaces)
    {
        string path = PathFor(table);
        byte[] head = Encoding.UTF8.GetBytes($"radapt features 1 {identity} {width}\n");
        try
        {
            var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            try
            {
                var start = new byte[head.Length];
                bool isSame = file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) == head.Length
                    && start.AsSpan().SequenceEqual(head);
                if (!isSame && file.Length > 0 && !replaces)
                {
                    throw new RadaptException($"{path}: contains unfinished features of other images, or of another model. Repeat that command to "
                        + "continue it, remove the file, or give --overwrite to start again.");
                }

                if (!isSame)
                {
                    file.SetLength(0);
                    file.Position = 0;
                    file.Write(head);
                }

                long chunk = multiple * (sizeof(int) + ((long)sizeof(float) * width));
                file.SetLength(head.Length + ((file.Length - head.Length) / chunk * chunk));
                file.Position = file.Length;
                return new FeatureJournal(file, head.Length, width);
            }
            catch
            {
                file.Dispose();
                throw;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw RadaptException.In(path, $"cannot be written ({e.Message}). Choose a folder with write access.", e);
        }
    }

    /// <summary>Adds a record.</summary>
    /// <param name="image">The image's number, from 0; negative, less 1: it cannot be read.</param>
    /// <param name="features">Its channels.</param>
    public void Append(int image, ReadOnlySpan<float> features)
    {
        try
        {
            _file.Write(MemoryMarshal.AsBytes(new ReadOnlySpan<int>(in image)));
            _file.Write(MemoryMarshal.AsBytes(features));
        }
        catch (IOException e)
        {
            throw RadaptException.In(_file.Name, $"cannot be written ({e.Message}). Free some space; the same command then continues.", e);
        }

        Records++;
    }

    /// <summary>Hands what was added to the system.</summary>
    public void Flush() => _file.Flush();

    /// <summary>All records from the first to the last; the channels are overwritten by the next one.</summary>
    public IEnumerable<(int Image, float[] Features)> Read()
    {
        _file.Flush(flushToDisk: true);
        _file.Position = _head;
        var record = new byte[_stride];
        var features = new float[(_stride / sizeof(float)) - 1];
        for (int i = 0; i < Records; i++)
        {
            _file.ReadExactly(record);
            MemoryMarshal.Cast<byte, float>(record.AsSpan(sizeof(int))).CopyTo(features);
            yield return (MemoryMarshal.Read<int>(record), features);
        }
    }

    /// <summary>Removes the file; the table is complete.</summary>
    public void Remove()
    {
        _file.Dispose();
        File.Delete(_file.Name);
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}
