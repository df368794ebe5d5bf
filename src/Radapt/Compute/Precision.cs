using System.Text.Json.Serialization;

namespace Radapt.Compute;

/// <summary>Type of the activations, of the frozen weights and of the matrix products.</summary>
public enum Precision
{
    /// <summary>32 bits.</summary>
    Float32,

    /// <summary>16 bits, of which 7 are the fraction, with float32 master weights, losses and statistics.</summary>
    [JsonStringEnumMemberName("bfloat16")]
    BFloat16,
}
