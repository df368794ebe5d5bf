namespace Radapt.Batching;

/// <summary>Why an image of a batch could not be read.</summary>
/// <param name="Slot">Its place in the batch; the pixels there are zero.</param>
/// <param name="Error">What was wrong with the file.</param>
internal sealed record UnreadableImage(int Slot, RadaptException Error);

/// <summary>
/// Images ready for the network, and their labels. Borrowed: dispose it when done, its buffers are used again. Only the first
/// <see cref="Count"/> slots are filled; B is the batch size, S the image size, F the number of findings.
/// </summary>
internal sealed class ImageBatch(int batchSize, int imageSize, int findings) : IDisposable
{
    private BatchLease<ImageBatch>? _lease;

    /// <summary>Normalised gray values, (B, 1, S, S). The network's three channels are equal.</summary>
    public float[] Pixels { get; } = new float[batchSize * imageSize * imageSize];

    /// <summary>(B, F): 1, 0, or -1 where unknown.</summary>
    public sbyte[] Labels { get; } = new sbyte[batchSize * findings];

    /// <summary>Index of each image in the data set, (B).</summary>
    public int[] Items { get; } = new int[batchSize];

    /// <summary>Images in this batch; at most B.</summary>
    public int Count { get; private set; }

    /// <summary>Images that could not be read, by slot; empty unless these are to be reported rather than thrown.</summary>
    public IReadOnlyList<UnreadableImage> Unreadable { get; private set; } = [];

    /// <summary>What went wrong in each slot, (B).</summary>
    internal RadaptException?[] Errors { get; } = new RadaptException?[batchSize];

    /// <summary>Gives the buffers back.</summary>
    public void Dispose() => Interlocked.Exchange(ref _lease, null)?.Dispose();

    /// <summary>The batch of a lease, which it then owns.</summary>
    internal static ImageBatch Of(BatchLease<ImageBatch> lease)
    {
        ImageBatch batch = lease.Batch;
        batch._lease = lease;
        batch.Count = lease.Items.Count;
        batch.Unreadable = [.. batch.Errors.Take(batch.Count).Select((error, slot) => (error, slot))
            .Where(p => p.error is not null).Select(p => new UnreadableImage(p.slot, p.error!))];
        return batch;
    }
}
