using System.Text.RegularExpressions;
using Radapt.Checkpoints;

namespace Radapt.Models.Dialects;

/// <summary>
/// Well-known models that are not the vision transformer of <see cref="VisionTransformer"/>, though some share names with it: told by
/// tensors that only they have, so that the message says what the file is.
/// </summary>
internal sealed partial class ForeignArchitectureNames : DialectNames
{
    private static readonly (string Name, Regex Tensor)[] s_models =
    [
        ("a Swin transformer", Swin()), ("BEiT", Beit()), ("EVA, a transformer with rotary positions", Eva()),
        ("CLIP or a model of its kind", Clip()), ("ConvNeXt", ConvNext()), ("a ResNet", ResNet()), ("a DenseNet", DenseNet()),
            ("an EfficientNet", EfficientNet()),
    ];

    public override Dialect Dialect => Dialect.Unknown;

    public override bool Matches(StateDict names) => NameOf(names) is not null;

    public override string Describe(StateDict names) => NameOf(names)!;

    public override BackboneShape? Shape(StateDict names) => null;

    public override IReadOnlyDictionary<string, TensorParts>? Encoder(StateDict names) => null;

    private static string? NameOf(StateDict names) =>
        s_models.FirstOrDefault(m => names.Names.Any(n => m.Tensor.IsMatch(n))).Name;

    [GeneratedRegex(
        @"(^|\.)layers\.\d+\.blocks\.\d+\.attn\.(relative_position_bias_table|logit_scale)$|encoder\.layers\.\d+\.blocks\.\d+\.attention\.self\.relative_position_bias_table$")]
    private static partial Regex Swin();

    [GeneratedRegex(
        @"(^|\.)(blocks\.\d+\.attn|attention\.attention\.relative_position_bias)\.relative_position_bias_table$|(^|\.)rel_pos_bias\.relative_position_bias_table$|(^|\.)lambda_1$")]
    private static partial Regex Beit();

    [GeneratedRegex(@"(^|\.)rope\.(freqs|freqs_cos|freqs_sin|bands)$")]
    private static partial Regex Eva();

    [GeneratedRegex(
        @"(^|\.)(visual|vision_model\.embeddings)\.(class_embedding|patch_embedding\.weight)$|(^|\.)visual\.(conv1\.weight|trunk\..+)$")]
    private static partial Regex Clip();

    [GeneratedRegex(@"(^|\.)(stages\.\d+\.blocks\.\d+\.conv_dw\.weight|downsample_layers\.\d+\.\d+\.weight)$")]
    private static partial Regex ConvNext();

    [GeneratedRegex(@"(^|\.)layer1\.0\.conv1\.weight$")]
    private static partial Regex ResNet();

    [GeneratedRegex(@"(^|\.)denseblock1\.denselayer1\.conv1\.weight$")]
    private static partial Regex DenseNet();

    [GeneratedRegex(@"(^|\.)conv_stem\.weight$|(^|\.)_conv_stem\.weight$")]
    private static partial Regex EfficientNet();
}
