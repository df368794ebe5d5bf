using static TorchSharp.torch;

namespace Radapt.Pretraining.Reports;

/// <summary>The reports of a batch as word pieces, before and after masking; all padded to one length.</summary>
/// <param name="count">Reports B.</param>
/// <param name="length">Positions N.</param>
/// <param name="originals">(B, N): the word pieces.</param>
/// <param name="masked">(B, N): the same, with the mask's piece where a word is masked.</param>
/// <param name="isWord">(B, N): 0 for padding, otherwise 1.</param>
internal sealed class MaskedReports(int count, int length, long[] originals, long[] masked, float[] isWord)
{
    /// <summary>Reports B.</summary>
    public int Count { get; } = count;

    /// <summary>Positions N.</summary>
    public int Length { get; } = length;

    /// <summary>Whether a position, counted through the batch, is masked.</summary>
    public bool IsMasked(int position) => originals[position] != masked[position];

    /// <summary>The word pieces to predict: (B, N), int64.</summary>
    public Tensor Originals(Device device) => tensor(originals, [Count, Length], device: device);

    /// <summary>What the decoder reads: (B, N), int64.</summary>
    public Tensor Masked(Device device) => tensor(masked, [Count, Length], device: device);

    /// <summary>1 for words, 0 for padding: (B, N), float32.</summary>
    public Tensor IsWord(Device device) => tensor(isWord, [Count, Length], device: device);

    /// <summary>
    /// The masked positions, counted through the batch, and what each weighs in the mean over the positions of a report and then over the
    /// reports.
    /// </summary>
    public (long[] Positions, float[] Weights) MaskedPositions()
    {
        var positions = new List<long>();
        var weights = new List<float>();
        for (int report = 0; report < Count; report++)
        {
            int[] here = [.. Enumerable.Range(report * Length, Length).Where(IsMasked)];
            positions.AddRange(here.Select(p => (long)p));
            weights.AddRange(here.Select(_ => 1f / here.Length / Count));
        }

        return ([.. positions], [.. weights]);
    }
}
