using System.Globalization;
using Radapt.Adaptation;
using Radapt.Compute;
using Radapt.Models;
using Radapt.Options;
using Radapt.Recipes;

namespace Radapt.Studies.Planning;

/// <summary>
/// The memory that a run needs at least: weights, gradients and moments of what is trained, and the input of every block for the backward
/// pass. What a run really takes is more; this much tells, before anything is allocated, that one cannot fit.
/// </summary>
internal static class MemoryBound
{
    private const double GiB = 1L << 30;

    /// <summary>Bytes of a run.</summary>
    public static long Compute(Recipe recipe)
    {
        BackboneShape shape = recipe.Model.Shape;
        AdaptationMethod method = recipe.Method.Definition;
        bool isHalf = recipe.Compute.Precision == Precision.BFloat16;
        long parameters = Parameters(shape);
        bool trainsAll = method.TrainsWholeBlocks && method.LowestBlock(recipe.Method, shape.Depth) == 0;
        int moments = recipe.Optimisation.Optimizer == OptimizerKind.AdamW ? 2 : 1;
        long weights = trainsAll ? parameters * sizeof(float) * (2 + moments) // weights, gradients, moments
            : parameters * (isHalf ? 2 : sizeof(float));
        int lowest = Math.Clamp(method.LowestBlock(recipe.Method, shape.Depth), 0, shape.Depth);
        long inputs = (long)recipe.Optimisation.BatchSize * Tokens(shape) * shape.Width * (isHalf ? 2 : sizeof(float)); // of a block
        return weights + (method.Probe is null ? inputs * (shape.Depth - lowest) : 0);
    }

    /// <summary>Refuses a run that cannot fit into the memory of this machine.</summary>
    /// <exception cref="RadaptException">It cannot; the message says what takes how much.</exception>
    public static void Require(Recipe recipe) => Require(recipe, Machine.MemoryBytes);

    /// <inheritdoc cref="Require(Recipe)"/>
    /// <param name="recipe">The run's recipe.</param>
    /// <param name="available">Bytes that there are.</param>
    public static void Require(Recipe recipe, long available)
    {
        long bytes = Compute(recipe);
        if (bytes > available)
        {
            throw new RadaptException(string.Create(CultureInfo.InvariantCulture,
                $"{recipe.Model.Backbone} with method {recipe.Method.Name} and batches of {recipe.Optimisation.BatchSize} needs at least "
                + $"{bytes / GiB:0.0} GiB of memory ({Parameters(recipe.Model.Shape) / 1e6:0} million weights in "
                + $"{recipe.Compute.Precision.Spelled()}); this machine has {available / GiB:0.0} GiB. Use a smaller backbone, a smaller "
                + $"batch-size with accumulate, or a method that trains less."));
        }
    }

    /// <summary>Weights of the blocks, without biases and norms.</summary>
    private static long Parameters(BackboneShape shape) =>
        (long)shape.Depth * ((4L * shape.Width * shape.Width) + ((shape.SwiGlu ? 3L : 2L) * shape.Width * shape.HiddenWidth));

    private static long Tokens(BackboneShape shape)
    {
        long side = shape.ImageSize / shape.PatchSize;
        return (side * side) + 1 + shape.Registers;
    }
}
