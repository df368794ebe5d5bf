using Radapt.Recipes;
using Radapt.Studies.Planning;
using static Radapt.Tests.Recipes.RecipeTesting;

namespace Radapt.Tests.Studies.Planning;

public sealed class MemoryBoundTests
{
    private const long MiB = 1 << 20;

    // ViT-B/16: 12 blocks of 12 x 768^2 weights, 197 tokens of 768 channels.
    private const long Weights = 12L * 12 * 768 * 768;
    private const long Input = 197L * 768; // of a block, for an image

    [Fact]
    public void Compute_Full_HoldsGradientsAndMoments() =>
        Assert.Equal((Weights * 16) + (12 * 8 * Input * 4), Bound("--method full --precision float32 --batch-size 8"));

    [Fact]
    public void Compute_LoraInBfloat16_HoldsHalfWideWeightsAndInputs() =>
        Assert.Equal((Weights * 2) + (12 * 8 * Input * 2), Bound("--method lora --precision bfloat16 --batch-size 8"));

    [Fact]
    public void Compute_Probe_HoldsWeightsOnly() => Assert.Equal(Weights * 4, Bound("--method ridge --precision float32 --batch-size 8"));

    [Fact]
    public void Require_TooLittleMemory_SaysWhatTakesHowMuch()
    {
        Recipe recipe = Resolved("--method full --precision float32 --batch-size 8");
        MemoryBound.Require(recipe, MemoryBound.Compute(recipe));
        string message = Assert.Throws<RadaptException>(() => MemoryBound.Require(recipe, 1024 * MiB)).Message;
        Assert.StartsWith("vit_base_patch16_224 with method full and batches of 8 needs at least 1.3 GiB of memory (85 million weights in "
            + "float32); this machine has 1.0 GiB.", message, StringComparison.Ordinal);
    }

    private static long Bound(string line) => MemoryBound.Compute(Resolved(line));

    private static Recipe Resolved(string line) => Resolve(Run($"--backbone vit_base_patch16_224 {line}")).Recipe;
}
