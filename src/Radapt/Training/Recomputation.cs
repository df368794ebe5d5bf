using Radapt.Adaptation;
using Radapt.Models;
using static TorchSharp.torch;

namespace Radapt.Training;

/// <summary>
/// Gradients with the activations of one block at a time (Chen et al. 2016): the forward pass keeps only what each block read, the
/// backward pass computes each block again. Costs about a third more time and gives the same gradients, since dropout and stochastic
/// depth are keyed by the step and not drawn from a state.
/// </summary>
internal static class Recomputation
{
    /// <summary>Forward and backward; gradients are added to the trained tensors as by a plain backward pass.</summary>
    /// <param name="classifier">The model.</param>
    /// <param name="values">Images (B, 1 or 3, S, S), or features (B, N, C)</param>
    /// <param name="firstBlock">The block that reads the features; null: the values are images.</param>
    /// <param name="pass">A training pass.</param>
    /// <param name="loss">Logits (B, F) to the scalar that is differentiated.</param>
    /// <returns>The scalar, in the caller's scope.</returns>
    public static Tensor ForwardBackward(Classifier classifier, Tensor values, int? firstBlock, ForwardPass pass, Func<Tensor, Tensor> loss)
    {
        VisionTransformer encoder = classifier.Encoder;
        int depth = encoder.Shape.Depth;
        bool trainsEmbedding = encoder.cls_token.requires_grad || encoder.pos_embed is { requires_grad: true }
            || encoder.patch_embed.parameters().Any(p => p.requires_grad);
        int lowest = trainsEmbedding ? 0 : Lowest(classifier, depth);
        var inputs = new Tensor[depth + 1]; // what block i reads, from the lowest trained block on: (B, N, C)
        using (no_grad())
        {
            Tensor tokens = firstBlock is null ? encoder.Embed(values) : VisionTransformer.ToTokens(values);
            for (int block = firstBlock ?? 0; block < depth; block++)
            {
                inputs[block] = tokens;
                using var scope = NewDisposeScope();
                tokens = encoder.RunBlock(block, tokens, pass).MoveToOuterDisposeScope();
                if (block < lowest)
                {
                    inputs[block].Dispose();
                }
            }

            inputs[depth] = tokens;
        }

        Tensor value = Differentiate(inputs[depth], lowest < depth, null, x => loss(classifier.Head.Forward(encoder.Finish(x), pass)),
            out Tensor? gradient);
        for (int block = depth - 1; block >= lowest; block--)
        {
            using Tensor? above = gradient;
            int current = block;
            Differentiate(inputs[block], block > lowest
                || trainsEmbedding, above, x => encoder.RunBlock(current, x, pass), out gradient).Dispose();
            inputs[block].Dispose();
        }

        if (trainsEmbedding)
        {
            using Tensor? above = gradient;
            using var scope = NewDisposeScope();
            encoder.Embed(values).backward([above!]);
        }

        return value;
    }

    /// <summary>Computes one part again with a graph, sends the gradient through it and returns the part's result, detached.</summary>
    private static Tensor Differentiate(Tensor input, bool needsInputGradient, Tensor? above, Func<Tensor, Tensor> part,
        out Tensor? inputGradient)
    {
        using var scope = NewDisposeScope();
        Tensor x = input.detach();
        x.requires_grad = needsInputGradient;
        Tensor result = part(x);
        if (above is null)
        {
            result.backward();
        }
        else
        {
            result.backward([above]);
        }

        inputGradient = x.grad?.MoveToOuterDisposeScope();
        return result.detach().MoveToOuterDisposeScope();
    }

    private static int Lowest(Classifier classifier, int depth) => classifier.Trained().Min(t => BlockNumber.From(t.Name)) ?? depth;
}
