using Radapt.Compute;
using Radapt.Compute.Passes;
using static TorchSharp.torch;

namespace Radapt.Models;

/// <summary>Dropout whose zeros depend on the seed, the step and the place in the model, and on nothing else.</summary>
internal static class KeyedDropout
{
    /// <summary>The values while training with some numbers zero and the others scaled by 1 / (1 - rate); itself in evaluation.</summary>
    /// <param name="input">Any shape.</param>
    /// <param name="rate">Probability of a zero.</param>
    /// <param name="pass">Whether this pass trains, and its random key.</param>
    /// <param name="number">Number of the place in the model.</param>
    /// <returns>As <paramref name="input"/>.</returns>
    public static Tensor Apply(Tensor input, double rate, ForwardPass pass, int number)
    {
        if (Mask(rate, pass, number) is not { } factors)
        {
            return input;
        }

        Tensor mask = empty(input.shape, ScalarType.Float32); // filled in place: millions of numbers per projection and step
        unsafe
        {
            var numbers = new Span<float>((void*)TensorAddress.Get(mask), checked((int)mask.numel()));
            factors.Fill(numbers);
        }

        return input * mask.to(input.dtype, input.device);
    }

    /// <summary>The mask of a pass; null where nothing is dropped.</summary>
    public static DropoutMask? Mask(double rate, ForwardPass pass, int number) => !pass.Training || rate == 0 ? null
        : new DropoutMask(new KeyedRandom(pass.Seed, RandomPurpose.Dropout, pass.Step, number), rate);
}
