using System.Globalization;
using System.Text.Json.Nodes;
using Radapt.Tests.Golden;

namespace Radapt.Tests.Cli;

/// <summary>What is said of the weights and is not so is one line, exit code 2, and no run folder.</summary>
[Collection(WholeCommands.Name)]
[Trait("Category", "Golden")]
public sealed class MislabelledWeightsTests(TinyRun tiny)
{
    [Theory]
    [InlineData("dinov2_swiglu", "--dialect hf-dinov2", "--dialect hf-dinov2: the tensors of")]
    [InlineData("mae_encoder_only", "--dialect dinov2", "the file contains ViT encoder")]
    [InlineData("mae_encoder_only", "--dialect llama", "--dialect must be one of auto")]
    [InlineData("dinov2_swiglu", "--backbone vit_small_patch14_dinov2 --heads 6", "does not fit the weights (DINOv2 backbone)")]
    [InlineData("dinov2_swiglu", "--backbone vit_small_patch14_dinov2 --heads 6",
        "depth 12 against {depth}, width 384 against {embed_dim}, ffn mlp against swiglu")]
    [InlineData("dinov2_reg4", "--registers 0", "registers 0 against {num_register_tokens}")]
    [InlineData("mae_encoder_only", "--layer-scale", "layer-scale on against off")]
    [InlineData("hf_dinov2_plain", "--heads {other_heads}", "heads {other_heads} against {num_heads}")]
    [InlineData("dinov2_plain", "--image-size {odd_size}", "{odd_size} px cannot be cut into patches of {patch_size} px")]
    [InlineData("dinov2_plain", "--backbone vit_base_patch14_dinov3", "not a backbone that Radapt knows")]
    public async Task Finetune_MislabelledWeights_OneLineAndNoFolder(string checkpoint, string options, string expected)
    {
        GoldenCase golden = GoldenIndex.Find($"checkpoints/{checkpoint}");
        (string weights, options, expected) = (golden.File("input"), Fill(options, golden.Config), Fill(expected, golden.Config));
        using var folder = new TemporaryFolder();
        RadaptResult result = await RadaptProcess.Run(
            folder.Path, ["finetune", "--data", tiny.Data, "--weights", weights, "--threads", "1", "--precision", "float32", "--out", "run",
                .. options.Split(' ')]);
        Assert.Contains(expected, result.Expect(2).ErrorLine, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder["run"]), "a run folder was left behind");
    }

    [Fact]
    public async Task Finetune_HuggingFaceDinov2_SaysWhatItIsAndWhyItsDefaultsAreSo()
    {
        string weights = GoldenIndex.Find("checkpoints/hf_dinov2_reg4").File("input");
        using var folder = new TemporaryFolder();
        RadaptResult result = (await RadaptProcess.Run(
            folder.Path, "finetune", "--data", tiny.Data, "--weights", weights, "--epochs", "1", "--threads", "1", "--precision", "float32",
                "--products", "linear", "--out", "run")).Expect(0);
        Assert.All(
            ["DINOv2 backbone with registers (Hugging Face names)", "class-token", "the linear evaluations of DINOv2 and DINOv3", "0.4785"],
            text => Assert.Contains(text, result.Output, StringComparison.Ordinal));
    }

    // The numbers of the golden case, and two that contradict it: another number of heads, and a size that patches do not divide.
    private static string Fill(string template, JsonObject config)
    {
        (int heads, int patch) = ((int)config["num_heads"]!, (int)config["patch_size"]!);
        var numbers = config.Where(c => c.Value?.GetValueKind() == System.Text.Json.JsonValueKind.Number)
            .ToDictionary(c => c.Key, c => c.Value!.ToString());
        numbers["other_heads"] = heads == 1 ? "2" : "1";
        numbers["odd_size"] = ((5 * patch) + (patch / 2)).ToString(CultureInfo.InvariantCulture);
        return numbers.Aggregate(template, (text, n) => text.Replace($"{{{n.Key}}}", n.Value, StringComparison.Ordinal));
    }
}
