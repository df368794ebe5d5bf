using Radapt.Compute;
using Radapt.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Radapt.Tests.Models;

/// <summary>DINOv3 and EVA-02: the whole forward pass against the same in float64, number by number.</summary>
public sealed class RotaryTransformerTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    /// <summary>Tiny models: DINOv3 with either feed-forward, EVA-02 without and with its norm; 8 and 12 channels a head.</summary>
    internal static BackboneShape[] Shapes { get; } =
    [
        new(6, 2, 2, 16, 2) { Registers = 2, LayerScale = true, Epsilon = 1e-5, Positions = PatchPositions.Rotary },
        new(8, 2, 1, 24, 2)
        {
            Registers = 1,
            LayerScale = true,
            Epsilon = 1e-5,
            Positions = PatchPositions.Rotary,
            SwiGlu = true,
            HiddenWidth = 20,
        },
        new(6, 2, 2, 16, 2) { Positions = PatchPositions.LearnedAndRotary, SwiGlu = true, HiddenWidth = 12 },
        new(8, 2, 1, 24, 2) { Positions = PatchPositions.LearnedAndRotary, SwiGlu = true, HiddenWidth = 20, HiddenNorm = true },
    ];

    public static TheoryData<int> Models => [.. Enumerable.Range(0, Shapes.Length)];

    [Theory, MemberData(nameof(Models))]
    public void Forward_TinyModel_IsThatOfThePublishedFormulas(int model)
    {
        BackboneShape shape = Shapes[model];
        using VisionTransformer transformer = Random(shape, ComputePlan.Float32);
        Tensor images = Noise("images", 2, 1, shape.ImageSize, shape.ImageSize);
        Tensor actual = transformer.Forward(images, ForwardPass.Evaluation);
        var reference = ScalarTransformer.From(transformer);
        for (int image = 0; image < 2; image++)
        {
            double[] expected = [.. reference.Forward(images[image].contiguous().data<float>().ToArray()).SelectMany(t => t)];
            float[] got = actual[image].contiguous().data<float>().ToArray();
            Assert.Equal(expected.Length, got.Length);
            Assert.InRange(expected.Zip(got, (a, b) => Math.Abs(a - b)).Max(), 0, 2e-5);
        }
    }

    // The same numbers without rotation are others: the comparison above could not pass without it.
    [Theory, MemberData(nameof(Models))]
    public void Forward_WithoutRotation_IsAnother(int model)
    {
        BackboneShape shape = Shapes[model];
        using VisionTransformer rotary = Random(shape, ComputePlan.Float32);
        Tensor qkv = Noise("qkv", 1, shape.Tokens, 3 * shape.Width);
        Tensor rotated = rotary.blocks[0].attn.Rotary!.Rotate(qkv);
        int fixedTokens = 1 + shape.Registers;
        Assert.True(rotated[.., ..fixedTokens].Equals(qkv[.., ..fixedTokens])); // class token and registers
        Assert.True(rotated[.., .., (2 * shape.Width)..].Equals(qkv[.., .., (2 * shape.Width)..])); // values
        Assert.False(allclose(rotated[.., fixedTokens.., ..(2 * shape.Width)], qkv[.., fixedTokens.., ..(2 * shape.Width)], 0, 0.1));
        Assert.True(allclose(rotated.square().sum(), qkv.square().sum(), 1e-5)); // a rotation keeps lengths
    }

    [Theory, MemberData(nameof(Models))]
    public void Forward_BFloat16_IsNearFloat32(int model)
    {
        BackboneShape shape = Shapes[model];
        using VisionTransformer full = Random(shape, ComputePlan.Float32);
        using VisionTransformer half = Random(shape, ComputePlan.Float32 with { Precision = "bfloat16" });
        Tensor images = Noise("images", 2, 1, shape.ImageSize, shape.ImageSize);
        Tensor difference = full.Forward(images, ForwardPass.Evaluation)
            .Plus(half.Forward(images, ForwardPass.Evaluation).to(ScalarType.Float32), -1);
        Assert.InRange(difference.abs().mean().item<float>(), 1e-6, 0.03);
    }

    // Visual prompts stand behind the patches and have no place.
    [Fact]
    public void Rotate_TokensBehindThePatches_StayAsTheyAre()
    {
        BackboneShape shape = Shapes[0];
        Tensor qkv = Noise("qkv", 1, shape.Tokens + 3, 3 * shape.Width);
        Tensor rotated = new RotaryPositions(shape).Rotate(qkv);
        Assert.True(rotated[.., shape.Tokens..].Equals(qkv[.., shape.Tokens..]));
        Assert.True(rotated[.., ..shape.Tokens].Equals(new RotaryPositions(shape).Rotate(qkv[.., ..shape.Tokens].contiguous())));
    }

    [Theory, MemberData(nameof(Models))]
    public void Problem_StoredValues_AreAcceptedOrNamed(int model)
    {
        BackboneShape shape = Shapes[model];
        int d = shape.Width / shape.Heads;
        Tensor stored = shape.Positions == PatchPositions.Rotary
            ? tensor([.. Enumerable.Range(0, d / 4).Select(j => (float)Math.Pow(100, 4.0 * j / d))]).to(ScalarType.BFloat16)
            : tensor(new RotaryPositions(shape).Tables(shape.Tokens).Cos)[d..].view(-1, d);
        Assert.Null(RotaryPositions.Problem(stored, shape));
        Assert.NotNull(RotaryPositions.Problem(stored.to(ScalarType.Float32).Plus(0.02), shape));
        Assert.NotNull(RotaryPositions.Problem(stored[..1], shape));
    }

    public void Dispose() => _scope.Dispose();

    /// <summary>A transformer with every tensor drawn.</summary>
    internal static VisionTransformer Random(BackboneShape shape, ComputePlan plan)
    {
        var transformer = new VisionTransformer(shape, 0, withNorm: true, new Kernels(plan));
        foreach ((string name, TorchSharp.Modules.Parameter parameter) in transformer.named_parameters())
        {
            Initialisation.TruncatedNormal(parameter, name, 0.4, 7);
        }

        return transformer;
    }

    private static Tensor Noise(string name, params long[] shape)
    {
        Tensor noise = empty(shape);
        Initialisation.TruncatedNormal(noise, name, 1, 11);
        return noise;
    }
}
