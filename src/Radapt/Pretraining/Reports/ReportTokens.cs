using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Radapt.Compute;

namespace Radapt.Pretraining.Reports;

/// <summary>The reports of a data set as word pieces, in its order, and batches of them with whole words masked.</summary>
internal sealed class ReportTokens
{
    private const int WordKey = 1; // beside the masks of patches, whose key is 0
    private const double MaskedShare = 0.5; // of the words, as in MRM

    private readonly int[][] _reports;
    private readonly WordPieceVocabulary _vocabulary;

    /// <summary>Cuts reports into pieces.</summary>
    /// <param name="reports">Their texts.</param>
    /// <param name="tokenizer">What cuts them.</param>
    /// <param name="length">Positions N; longer reports are cut off, shorter ones padded.</param>
    public ReportTokens(IEnumerable<string> reports, ReportTokenizer tokenizer, int length)
        : this([.. reports.AsParallel().AsOrdered().Select(report => tokenizer.Encode(report, length))], tokenizer.Vocabulary, length)
    {
    }

    private ReportTokens(int[][] reports, WordPieceVocabulary vocabulary, int length) =>
        (_reports, _vocabulary, Length) = (reports, vocabulary, length);

    /// <summary>Reports.</summary>
    public int Count => _reports.Length;

    /// <summary>Positions N.</summary>
    public int Length { get; }

    /// <summary>Share of the pieces that are unknown, 0 to 1: a vocabulary for another language has many.</summary>
    public double UnknownShare
    {
        get
        {
            long pieces = _reports.Sum(r => r.Length - 1L);
            return pieces == 0 ? 0 : _reports.Sum(r => r.Count(piece => piece == _vocabulary.Unknown)) / (double)pieces;
        }
    }

    /// <summary>Reports that are longer than there are positions, or fill them all.</summary>
    public int Full => _reports.Count(r => r.Length == Length);

    /// <summary>SHA-256 over all pieces: what must not change between a run and its resumption.</summary>
    public string Fingerprint()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (int[] report in _reports)
        {
            hash.AppendData(BitConverter.GetBytes(report.Length));
            hash.AppendData(MemoryMarshal.AsBytes<int>(report));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>Some of the reports, in the order of their numbers.</summary>
    public ReportTokens Take(IEnumerable<int> numbers) => new([.. numbers.Select(n => _reports[n])], _vocabulary, Length);

    /// <summary>Whether two reports are the same pieces.</summary>
    public bool AreEqual(int one, int other) => _reports[one].AsSpan().SequenceEqual(_reports[other]);

    /// <summary>
    /// The reports of some images. Each word is masked with probability one half, all its pieces or none; the draw depends on (seed, step,
    /// image) alone.
    /// </summary>
    /// <param name="items">Numbers of the images in the data set.</param>
    /// <param name="seed">The run's seed.</param>
    /// <param name="step">The forward pass.</param>
    public MaskedReports Mask(ReadOnlySpan<int> items, long seed, long step)
    {
        var originals = new long[items.Length * Length];
        Array.Fill(originals, _vocabulary.Padding);
        var isWord = new float[originals.Length];
        var masked = new long[originals.Length];
        for (int i = 0; i < items.Length; i++)
        {
            int[] report = _reports[items[i]];
            int first = i * Length;
            for (int position = 0; position < report.Length; position++)
            {
                (originals[first + position], isWord[first + position]) = (report[position], 1);
            }

            originals.AsSpan(first, Length).CopyTo(masked.AsSpan(first));
            var random = new KeyedRandom(seed, RandomPurpose.Masking, step, items[i], WordKey);
            bool isMasked = false;
            for (int position = 1; position < report.Length; position++)
            {
                isMasked = _vocabulary.Continues(report[position]) ? isMasked : random.NextDouble() < MaskedShare;
                masked[first + position] = isMasked ? _vocabulary.Mask : report[position];
            }
        }

        return new MaskedReports(items.Length, Length, originals, masked, isWord);
    }
}
