using Radapt.Models;

namespace Radapt.Tests.Models;

public sealed class BlockNumberTests
{
    [Theory]
    [InlineData("blocks.0.attn.qkv.weight", 0)]
    [InlineData("blocks.11.prompts", 11)]
    [InlineData("blocks.7.mlp.fc2.lora_A", 7)]
    public void From_TensorOfABlock_IsItsNumber(string name, int number) => Assert.Equal(number, BlockNumber.From(name));

    [Theory]
    [InlineData("head.weight")]
    [InlineData("patch_embed.proj.weight")]
    [InlineData("blocks.weight")]
    [InlineData("blocks.-1.norm1.weight")]
    [InlineData("blocks.3")]
    [InlineData("decoder_blocks.3.norm1.weight")]
    public void From_OtherTensor_IsNull(string name) => Assert.Null(BlockNumber.From(name));
}
