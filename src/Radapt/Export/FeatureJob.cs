using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Radapt.Batching;
using Radapt.Datasets;
using Radapt.Imaging.Dicom.Codecs;

namespace Radapt.Export;

/// <summary>
/// Features of a list of images into a file, in memory that does not grow with their number. A job that was interrupted continues where it
/// was (<see cref="FeatureJournal"/>), and leaves the same bytes as one that was not.
/// </summary>
internal sealed record FeatureJob
{
    /// <summary>What computes the features.</summary>
    public required FeatureModel Model { get; init; }

    /// <summary>The images.</summary>
    public required IReadOnlyList<string> Images { get; init; }

    /// <summary>The file to write: <c>.npy</c>, <c>.csv</c> or <c>.parquet</c>.</summary>
    public required string Table { get; init; }

    /// <summary>Also write the images' names.</summary>
    public bool PlainNames { get; init; }

    /// <summary>Images per forward pass.</summary>
    public int BatchSize { get; init; } = 16;

    /// <summary>Threads that decode.</summary>
    public int LoaderThreads { get; init; } = 1;

    /// <summary>Unfinished features of something else may be discarded.</summary>
    public bool Replaces { get; init; }

    /// <summary>Where JPEG-LS and JPEG 2000 are decoded; null: nowhere.</summary>
    public CodecProcess? Codecs { get; init; }

    /// <summary>Runs the job, or what is left of it.</summary>
    /// <param name="onImages">Told the number of images done.</param>
    /// <param name="onUnreadable">Told the number of an image that cannot be read, from 0, and why.</param>
    /// <param name="cancellation">Ends it; what is computed is kept.</param>
    /// <returns>Images whose features were written</returns>
    /// <exception cref="RadaptException">A file cannot be written, or unfinished features of something else are in the way.</exception>
    public int Run(Action<int>? onImages = null, Action<int, string>? onUnreadable = null, CancellationToken cancellation = default)
    {
        using var journal = FeatureJournal.Open(Table, Identity(), Model.Width, BatchSize, Replaces);
        int first = journal.Records;
        onImages?.Invoke(first);
        var left = new LabelledImages([], [.. Images.Skip(first).Select(p => new LabelledImage(p, Path.GetFullPath(p), null, []))]);
        if (left.Items.Count > 0)
        {
            var batches = new ImageBatches(left, Model.Preprocessing, BatchSize, LoaderThreads, cacheBytes: 0, codecs: Codecs);
            foreach (ImageBatch batch in batches.Evaluation(UnreadableImages.Report, cancellation: cancellation))
            {
                using (batch)
                {
                    Append(batch, journal, first, onUnreadable);
                }

                journal.Flush();
                onImages?.Invoke(journal.Records);
                cancellation.ThrowIfCancellationRequested();
            }
        }

        int written = FeatureTable.Write(Table, Model.Width, journal, PlainNames ? Images : null);
        journal.Remove();
        return written;
    }

    private void Append(ImageBatch batch, FeatureJournal journal, int first, Action<int, string>? onUnreadable)
    {
        float[] features = Model.Compute(batch);
        Dictionary<int, RadaptException> errors = batch.Unreadable.ToDictionary(u => u.Slot, u => u.Error);
        for (int slot = 0; slot < batch.Count; slot++)
        {
            int number = first + batch.Items[slot];
            bool isReadable = !errors.TryGetValue(slot, out RadaptException? error);
            journal.Append(isReadable ? number : -number - 1, features.AsSpan(slot * Model.Width, Model.Width));
            if (!isReadable)
            {
                onUnreadable?.Invoke(number, error!.What);
            }
        }
    }

    // Of everything that decides a record: the model, the size of batches, and the images.
    private string Identity()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(Model.Identity);
        Append(BatchSize.ToString(CultureInfo.InvariantCulture));
        foreach (string image in Images)
        {
            var file = new FileInfo(image);
            Append(image);
            Append(file.Exists ? string.Create(CultureInfo.InvariantCulture, $"{file.Length} {file.LastWriteTimeUtc.Ticks}") : "");
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());

        void Append(string text) => hash.AppendData(Encoding.UTF8.GetBytes(text + "\0"));
    }
}
