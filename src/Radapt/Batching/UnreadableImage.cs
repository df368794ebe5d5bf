namespace Radapt.Batching;

/// <summary>Why an image of a batch could not be read.</summary>
/// <param name="Slot">Its place in the batch; the values there are zero.</param>
/// <param name="Error">What was wrong with the file.</param>
internal sealed record UnreadableImage(int Slot, RadaptException Error);
