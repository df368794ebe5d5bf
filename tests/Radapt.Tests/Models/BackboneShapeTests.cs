using Radapt.Models;

namespace Radapt.Tests.Models;

public sealed class BackboneShapeTests
{
    [Theory]
    [InlineData("vit_small_patch14_dinov2", 384, 12, 6, 0, false, 1536)]
    [InlineData("vit_base_patch14_reg4_dinov2", 768, 12, 12, 4, false, 3072)]
    [InlineData("vit_large_patch14_dinov2", 1024, 24, 16, 0, false, 4096)]
    [InlineData("vit_giant_patch14_reg4_dinov2", 1536, 40, 24, 4, true, 4096)]
    public void FromName_Dinov2_GivesThePublishedModel(string name, int width, int depth, int heads, int registers, bool swiglu, int hidden)
    {
        BackboneShape shape = BackboneShape.FromName(name)!;
        Assert.Equal((518, 14, width, depth, heads), (shape.ImageSize, shape.PatchSize, shape.Width, shape.Depth, shape.Heads));
        Assert.Equal((registers, swiglu, hidden, true), (shape.Registers, shape.SwiGlu, shape.HiddenWidth, shape.LayerScale));
        Assert.Equal(name, (shape with { ImageSize = 224 }).Name);
        Assert.Equal(1 + registers + (16 * 16), (shape with { ImageSize = 224 }).Tokens);
        Assert.True(shape.IsSound);
    }

    [Theory]
    [InlineData("vit_small_patch16_dinov3", 384, 12, 6, false, 1536)]
    [InlineData("vit_small_plus_patch16_dinov3", 384, 12, 6, true, 1536)]
    [InlineData("vit_base_patch16_dinov3", 768, 12, 12, false, 3072)]
    [InlineData("vit_large_patch16_dinov3", 1024, 24, 16, false, 4096)]
    [InlineData("vit_huge_plus_patch16_dinov3", 1280, 32, 20, true, 5120)]
    [InlineData("vit_7b_patch16_dinov3", 4096, 40, 32, true, 8192)]
    public void FromName_Dinov3_GivesThePublishedModel(string name, int width, int depth, int heads, bool swiglu, int hidden)
    {
        BackboneShape shape = BackboneShape.FromName(name)!;
        Assert.Equal((224, 16, width, depth, heads), (shape.ImageSize, shape.PatchSize, shape.Width, shape.Depth, shape.Heads));
        Assert.Equal((4, swiglu, hidden, true, 1e-5), (shape.Registers, shape.SwiGlu, shape.HiddenWidth, shape.LayerScale, shape.Epsilon));
        Assert.Equal(PatchPositions.Rotary, shape.Positions);
        Assert.Equal(name, (shape with { ImageSize = 512 }).Name);
        Assert.True(shape.IsSound);
        Assert.Equal(shape, BackboneShapeJson.Read(BackboneShapeJson.Write(shape)));
    }

    [Fact]
    public void Json_OfAnOlderVersion_HasLearnedPositions()
    {
        string text = BackboneShapeJson.Write(new BackboneShape(224, 16, 12, 768, 12))
            .Replace(",\"hidden_norm\":false,\"positions\":\"learned\"", "", StringComparison.Ordinal);
        Assert.DoesNotContain("positions", text, StringComparison.Ordinal);
        Assert.Equal(new BackboneShape(224, 16, 12, 768, 12), BackboneShapeJson.Read(text));
    }

    [Theory]
    [InlineData("vit_base_patch16_dinov2"), InlineData("vit_base_patch14_reg8_dinov2"), InlineData("vit_tiny_patch14_dinov2"), InlineData(
        "vit_giant_patch16_224")]
    public void FromName_ModelThatWasNeverPublished_IsNone(string name) => Assert.Null(BackboneShape.FromName(name));

    [Fact]
    public void Equals_UsualHiddenWidthGivenOrNot_IsTheSame() =>
        Assert.Equal(new BackboneShape(224, 16, 12, 768, 12), new BackboneShape(224, 16, 12, 768, 12) { HiddenWidth = 3072 });

    [Fact]
    public void Json_EveryDimension_ComesBack()
    {
        BackboneShape shape = BackboneShape.FromName("vit_giant_patch14_reg4_dinov2")! with { ImageSize = 70, Epsilon = 1e-12 };
        Assert.Equal(shape, BackboneShapeJson.Read(BackboneShapeJson.Write(shape)));
        Assert.Null(shape.Name); // its eps is none of timm's
        // adapters of the first version
        Assert.Equal(new BackboneShape(224, 16, 12, 768, 12), BackboneShapeJson.Read("[224,16,12,768,12]"));
    }

    [Theory]
    [InlineData(""), InlineData("null"), InlineData("[224,16,12,768]"), InlineData("[224,16,12,768,\"x\"]"), InlineData("{}"), InlineData(
        "[0,16,12,768,12]"), InlineData("[224,16,12,768,1e99]")]
    public void Json_NoBackbone_IsNull(string text) => Assert.Null(BackboneShapeJson.Read(text));
}
