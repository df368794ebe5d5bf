using Radapt.Models.Dialects;
using static TorchSharp.torch;

namespace Radapt.Adaptation.Files;

/// <summary>Refuses weights with NaN or infinities before anything is computed with them: one is enough to make every output NaN.</summary>
internal static class FiniteNumbers
{
    /// <param name="path">The file that they are from, for the message.</param>
    /// <param name="tensors">Names and tensors.</param>
    /// <exception cref="RadaptException">One of them holds a number that is not finite; the names of all such are given.</exception>
    public static void Require(string path, IEnumerable<(string Name, Tensor Tensor)> tensors)
    {
        string[] broken = [.. WeightsCheck.Abbreviated(tensors.Where(t => !AreFinite(t.Tensor)).Select(t => t.Name))];
        if (broken.Length > 0)
        {
            throw new RadaptException(
                $"{path}: {Listing.First(5, broken)} contain NaN or "
                    + "infinity, perhaps because training diverged, so nothing can be computed with them. Copy the file from its source "
                    + "again, or take the weights of an earlier epoch.");
        }
    }

    private static bool AreFinite(Tensor tensor)
    {
        using var scope = NewDisposeScope();
        return tensor.device_type == TorchSharp.DeviceType.META || tensor.isfinite().all().item<bool>();
    }
}
