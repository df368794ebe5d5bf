using System.Collections.Concurrent;

namespace Radapt.Imaging.Dicom;

/// <summary>What DICOM files say of their gray levels and cannot be used, each said once. Any thread may add at any time.</summary>
internal sealed class DicomRemarks
{
    private readonly ConcurrentDictionary<string, bool> _lines = new();

    /// <summary>Lines to show, without any name or value.</summary>
    public IReadOnlyList<string> Lines => [.. _lines.Keys.Order(StringComparer.Ordinal)];

    /// <summary>Adds the remark of an image; null: there is none.</summary>
    public void Add(string? remark)
    {
        if (remark is not null)
        {
            _lines.TryAdd(remark, true);
        }
    }
}
