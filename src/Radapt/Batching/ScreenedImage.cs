using Radapt.Datasets.Matching;

namespace Radapt.Batching;

/// <summary>What <see cref="ImageScreen"/> found.</summary>
/// <param name="File">The file and its header.</param>
/// <param name="Refusal">Why a model must not be asked about it; null: it may.</param>
internal sealed record ScreenedImage(FolderImage File, string? Refusal)
{
    /// <summary>Hardly anything can be seen in it; only known where pixels were looked at.</summary>
    public bool IsBlank { get; init; }
}
