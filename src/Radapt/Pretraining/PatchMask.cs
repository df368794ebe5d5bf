using Radapt.Compute;
using static TorchSharp.torch;

namespace Radapt.Pretraining;

/// <summary>
/// Which patches of each image of a batch the encoder sees (He et al. 2022): a random subset, of the same size for every image. The other
/// patches are masked, and the decoder predicts them.
/// </summary>
internal sealed class PatchMask
{
    private readonly long[] _order; // (B, L): the patches of each image, those that are kept first

    private PatchMask(long[] order, int images, int kept) => (_order, Images, Kept) = (order, images, kept);

    /// <summary>Images B.</summary>
    public int Images { get; }

    /// <summary>Patches of an image that are kept, K.</summary>
    public int Kept { get; }

    /// <summary>Patches of an image, L.</summary>
    public int Patches => _order.Length / Images;

    /// <summary>How many patches are kept: what is left of the product, truncated, as upstream does it; at least one.</summary>
    public static int CountKept(int patches, double ratio) => Math.Max(1, (int)(patches * (1 - ratio)));

    /// <summary>A mask whose every image has a stream of its own.</summary>
    /// <param name="items">What names the images in the stream, such as their numbers in the set.</param>
    /// <param name="patches">Patches of an image, L.</param>
    /// <param name="ratio">Share of the patches that are masked, in [0, 1).</param>
    /// <param name="seed">The run's seed.</param>
    /// <param name="step">The forward pass.</param>
    public static PatchMask Draw(ReadOnlySpan<int> items, int patches, double ratio, long seed, long step)
    {
        var noise = new float[items.Length * patches];
        for (int image = 0; image < items.Length; image++)
        {
            var random = new KeyedRandom(seed, RandomPurpose.Masking, step, items[image]);
            foreach (ref float value in noise.AsSpan(image * patches, patches))
            {
                value = (float)random.NextDouble();
            }
        }

        return FromNoise(noise, items.Length, ratio);
    }

    /// <summary>The patches with the least noise are kept.</summary>
    /// <param name="noise">(B, L) row-major</param>
    /// <param name="images">B</param>
    /// <param name="ratio">Share of the patches that are masked, in [0, 1).</param>
    public static PatchMask FromNoise(float[] noise, int images, double ratio)
    {
        int patches = noise.Length / images;
        var order = new long[noise.Length];
        for (int image = 0; image < images; image++)
        {
            float[] keys = noise.AsSpan(image * patches, patches).ToArray();
            Span<long> row = order.AsSpan(image * patches, patches);
            for (int patch = 0; patch < patches; patch++)
            {
                row[patch] = patch;
            }

            keys.AsSpan().Sort(row);
        }

        return new PatchMask(order, images, CountKept(patches, ratio));
    }

    /// <summary>The kept patches of each image: (B, K), int64.</summary>
    public Tensor KeptPatches(Device device) => Order(device)[.., ..Kept];

    /// <summary>The masked patches of each image: (B, L - K), int64.</summary>
    public Tensor MaskedPatches(Device device) => Order(device)[.., Kept..];

    /// <summary>Where each patch stands among kept and masked ones put one after the other: (B, L), int64.</summary>
    public Tensor Places(Device device)
    {
        var places = new long[_order.Length];
        for (int i = 0; i < _order.Length; i++)
        {
            int image = i / Patches;
            places[(image * Patches) + _order[i]] = i - (image * Patches);
        }

        return tensor(places, [Images, Patches], device: device);
    }

    private Tensor Order(Device device) => tensor(_order, [Images, Patches], device: device);
}
