namespace Radapt.Batching;

/// <summary>What becomes of an image that cannot be read.</summary>
internal enum UnreadableImages
{
    /// <summary>The pass ends with its error.</summary>
    Throw,

    /// <summary>The batch names it (<see cref="ImageBatch.Unreadable"/>) and the pass goes on.</summary>
    Report,
}
