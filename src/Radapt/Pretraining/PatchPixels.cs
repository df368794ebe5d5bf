using Radapt.Compute;
using static TorchSharp.torch;

namespace Radapt.Pretraining;

/// <summary>Images cut into patches, row by row, and what a decoder has to predict of them.</summary>
internal static class PatchPixels
{
    private const double Epsilon = 1e-6; // added to the variance of a patch, as in MAE

    /// <summary>(B, c, S, S) -> (B, L, P^2, c): pixels row by row, channels last.</summary>
    public static Tensor Cut(Tensor images, int side)
    {
        (long b, long c, long grid) = (images.shape[0], images.shape[1], images.shape[2] / side);
        return images.view(b, c, grid, side, grid, side).permute(0, 2, 4, 3, 5, 1).reshape(b, grid * grid, (long)side * side, c);
    }

    /// <summary>The patches that an index names. (B, L, …) by (B, M) -> (B, M, …).</summary>
    public static Tensor Select(Tensor patches, Tensor index)
    {
        long[] rest = patches.shape[2..];
        long[] ones = [.. rest.Select(_ => 1L)];
        return patches.gather(1, index.view([.. index.shape, .. ones]).expand([.. index.shape, .. rest]));
    }

    /// <summary>
    /// Each patch minus its mean, over its standard deviation. The variance is the unbiased one over three channels, as upstream computes
    /// it; one channel stands for three equal ones. (B, M, P^2, c) -> the same.
    /// </summary>
    public static Tensor Normalise(Tensor patches)
    {
        using var scope = NewDisposeScope();
        (Tensor mean, Tensor deviation) = Moments(patches);
        return ((patches - mean) / deviation).MoveToOuterDisposeScope();
    }

    /// <summary>Predictions of normalised patches, put back by the mean and deviation of the true ones; both (B, L, P^2, c).</summary>
    public static Tensor Restore(Tensor predicted, Tensor patches)
    {
        using var scope = NewDisposeScope();
        (Tensor mean, Tensor deviation) = Moments(patches);
        return (predicted * deviation).Plus(mean).MoveToOuterDisposeScope();
    }

    private static (Tensor Mean, Tensor Deviation) Moments(Tensor patches)
    {
        (long pixels, long c) = (patches.shape[2], patches.shape[3]);
        Tensor mean = patches.mean([2, 3], keepdim: true);
        Tensor variance = (patches - mean).square().sum([2, 3], keepdim: true).Times(3.0 / c / ((3 * pixels) - 1));
        return (mean, variance.Plus(Epsilon).sqrt());
    }

    /// <summary>Patches back to an image: (B, L, P^2 c) with channels last -> (B, c, S, S).</summary>
    public static Tensor Join(Tensor patches, int side, int channels)
    {
        (long b, long grid) = (patches.shape[0], (long)Math.Sqrt(patches.shape[1]));
        return patches.view(b, grid, grid, side, side, channels).permute(0, 5, 1, 3, 2, 4)
            .reshape(b, channels, grid * side, grid * side);
    }
}
