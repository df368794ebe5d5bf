namespace Radapt.Batching;

/// <summary>Some samples of a data set, ready for a model. Borrowed: dispose it when done.</summary>
internal interface IBatch : IDisposable
{
    /// <summary>Samples in this batch.</summary>
    int Count { get; }
}
