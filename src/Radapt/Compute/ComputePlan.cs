using TorchSharp;

namespace Radapt.Compute;

/// <summary>
/// What decides the bits of a result besides the recipe: precision, kernels, device and thread count. Decided once, written to the
/// resolved recipe, reused by resume, so that a resumed run equals an undisturbed one bit for bit.
/// </summary>
/// <param name="Precision">Type of the activations, of the frozen weights and of the matrix products: <c>float32</c> or
/// <c>bfloat16</c>.</param>
/// <param name="Device">Where tensors live: <c>cpu</c> or <c>cuda</c>.</param>
/// <param name="Threads">Threads of the tensor kernels.</param>
public sealed record ComputePlan(string Precision, string Device, int Threads)
{
    /// <summary>The precisions that a plan can have.</summary>
    public static IReadOnlyList<string> Precisions { get; } = ["float32", "bfloat16"];

    /// <summary>The ways to run float32 products that a plan can have.</summary>
    public static IReadOnlyList<string> ProductKinds { get; } = ["packed", "linear", "convolution"];

    private static readonly string[] s_devices = ["cpu", "cuda", "meta"]; // meta: shapes without memory, for checks of our own

    /// <inheritdoc cref="ComputePlan(string, string, int)" path="/param[@name='Precision']"/>
    public string Precision { get; init => field = Known(value, Precisions, nameof(Precision)); } =
        Known(Precision, Precisions, nameof(Precision));

    /// <inheritdoc cref="ComputePlan(string, string, int)" path="/param[@name='Device']"/>
    public string Device { get; init => field = Known(value, s_devices, nameof(Device)); } = Known(Device, s_devices, nameof(Device));

    /// <inheritdoc cref="ComputePlan(string, string, int)" path="/param[@name='Threads']"/>
    public int Threads { get; init => field = Positive(value); } = Positive(Threads);

    /// <summary>float32 on the CPU.</summary>
    public static ComputePlan Float32 { get; } = new("float32", "cpu", Environment.ProcessorCount);

    /// <summary>
    /// How float32 products run: <c>packed</c> (Radapt's own, for frozen weights; those by trained weights run as <c>convolution</c>),
    /// <c>linear</c> (the tensor library's own) or <c>convolution</c> (oneDNN through a 1 x 1 convolution).
    /// </summary>
    public string Products { get; init => field = Known(value, ProductKinds, nameof(Products)); } = "linear";

    /// <summary>
    /// Only the tensor library's own kernels, one by one, with no pass and no function of ours: slow, and what every other path is
    /// compared with.
    /// </summary>
    internal bool Plain { get; init; }

    internal torch.Device TorchDevice => new(Device);

    internal torch.ScalarType Type => Precision == "bfloat16" ? torch.ScalarType.BFloat16 : torch.ScalarType.Float32;

    private static string Known(string value, IReadOnlyList<string> all, string name) => all.Contains(value) ? value
        : throw new ArgumentException($"'{value}' is not a {name.ToLowerInvariant()} of a plan; use {string.Join(", ", all)}.", name);

    private static int Positive(int threads)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(threads, nameof(Threads));
        return threads;
    }
}
