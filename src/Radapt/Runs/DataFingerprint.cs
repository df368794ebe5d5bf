using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Radapt.Datasets;

namespace Radapt.Runs;

/// <summary>Fingerprints of a run's data, by which a change of it is noticed.</summary>
internal static class DataFingerprint
{
    /// <summary>SHA-256 over images and parts of the split that was drawn.</summary>
    public static string Split(DataSplits data) =>
        Convert.ToHexStringLower(
            SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(data.Drawn.Select(d => $"{d.Image.Name}\t{d.Part}\n")))));

    /// <summary>
    /// SHA-256 over findings, names, patients, labels and file sizes of all images that are used, whatever their split: what the folds of
    /// a cross-validation share, since it decides how they are drawn. An image that is left out may be repaired meanwhile.
    /// </summary>
    public static string Images(DataSplits data)
    {
        string text = string.Join('\n', data.Train.Findings.Concat(
            Used(data).Select(i => $"{i.Patient}\t{Line(i)}").Order(StringComparer.Ordinal)));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }

    /// <summary>All images that are used, whatever their split.</summary>
    public static IEnumerable<LabelledImage> Used(DataSplits data)
    {
        var leftOut = new HashSet<object>(data.LeftOut, ReferenceEqualityComparer.Instance);
        IEnumerable<LabelledImage> images = data.Drawn.Count > 0 ? data.Drawn.Select(d => d.Image)
            : new[] { data.Train, data.Val, data.Test }.OfType<LabelledImages>().SelectMany(s => s.Items);
        return images.Where(i => !leftOut.Contains(i));
    }

    /// <summary>
    /// SHA-256 over findings, names, labels and file sizes of all splits: what must not change between a run and its resumption.
    /// </summary>
    public static string All(DataSplits data) => Sets(new[] { data.Train, data.Val, data.Test }.OfType<LabelledImages>());

    /// <summary>SHA-256 over findings, names, labels and file sizes of sets of images.</summary>
    public static string Sets(IEnumerable<LabelledImages> sets)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (LabelledImages split in sets)
        {
            Append(string.Join('\n', split.Findings));
            foreach (LabelledImage item in split.Items)
            {
                Append(Line(item));
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());

        void Append(string line) => hash.AppendData(Encoding.UTF8.GetBytes(line + "\n"));
    }

    private static string Line(LabelledImage image) =>
        string.Create(CultureInfo.InvariantCulture, $"{image.Name}\t{string.Join(' ', image.Labels)}\t{new FileInfo(image.Path).Length}");
}
