namespace Radapt.Batching;

/// <summary>
/// Images ready for the network, or features computed from them, and their labels. Borrowed: dispose it when done, its buffers are used
/// again. Only the first <see cref="Count"/> slots are filled; B is the batch size, F the number of findings.
/// </summary>
/// <param name="batchSize">B.</param>
/// <param name="shape">Of one image's values.</param>
/// <param name="findings">F.</param>
/// <param name="firstBlock">The block that reads the values; null: the embedding does.</param>
internal sealed class ImageBatch(int batchSize, IReadOnlyList<int> shape, int findings, int? firstBlock) : IBatch
{
    private BatchLease<ImageBatch>? _lease;

    /// <summary>Shape of one image's values: (1, S, S) for pixels, (N, C) for tokens, (C) for pooled tokens.</summary>
    public IReadOnlyList<int> Shape { get; } = shape;

    /// <summary>Null: the values are pixels. Else they are what this block reads; the depth: what the head reads.</summary>
    public int? FirstBlock { get; } = firstBlock;

    /// <summary>(B, …<see cref="Shape"/>): normalised gray values, of which the network's three channels are copies; or features.</summary>
    public float[] Values { get; } = new float[batchSize * shape.Aggregate((a, b) => a * b)];

    /// <summary>(B, F): 1, 0, or -1 where unknown.</summary>
    public sbyte[] Labels { get; } = new sbyte[batchSize * findings];

    /// <summary>Index of each image in the data set, (B).</summary>
    public int[] Items { get; } = new int[batchSize];

    /// <summary>Images in this batch; at most B.</summary>
    public int Count { get; private set; }

    /// <summary>Images that could not be read, by slot; empty unless these are to be reported rather than thrown.</summary>
    public IReadOnlyList<UnreadableImage> Unreadable { get; private set; } = [];

    /// <summary>What a screen found in each slot, (B); null where there is none.</summary>
    public ScreenedImage?[] Screened { get; } = new ScreenedImage?[batchSize];

    /// <summary>What went wrong in each slot, (B).</summary>
    internal RadaptException?[] Errors { get; } = new RadaptException?[batchSize];

    /// <summary>Gives the buffers back.</summary>
    public void Dispose() => Interlocked.Exchange(ref _lease, null)?.Dispose();

    /// <summary>The batch of a lease, which it then owns.</summary>
    internal static ImageBatch From(BatchLease<ImageBatch> lease)
    {
        ImageBatch batch = lease.Batch;
        batch._lease = lease;
        batch.Count = lease.Items.Count;
        batch.Unreadable = [.. batch.Errors.Take(batch.Count).Select((error, slot) => (error, slot))
            .Where(p => p.error is not null).Select(p => new UnreadableImage(p.slot, p.error!))];
        return batch;
    }
}
