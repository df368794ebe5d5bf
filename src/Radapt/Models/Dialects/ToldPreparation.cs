using System.Globalization;
using System.Text.Json.Nodes;

namespace Radapt.Models.Dialects;

/// <summary>
/// How images were prepared for weights, as a file beside them says: Hugging Face's preprocessor, or timm's pretrained_cfg.
/// </summary>
/// <param name="Mean">Mean of the gray values in [0, 1].</param>
/// <param name="Std">Their standard deviation.</param>
/// <param name="Side">Side of the square that is cropped, pixels; null where it is not told.</param>
/// <param name="Resize">Shorter side before the crop, pixels; null where it is not told.</param>
/// <param name="Source">The file, for reasons: <c>preprocessor_config.json</c>.</param>
internal sealed record ToldPreparation(double Mean, double Std, int? Side, int? Resize, string Source)
{
    private const double Byte = 255;

    /// <summary>Of Hugging Face weights: <c>preprocessor_config.json</c>; null where there is none, or it says nothing of use.</summary>
    public static ToldPreparation? FromHuggingFace(string weights)
    {
        const string name = "preprocessor_config.json";
        if (ConfigFile.Beside(weights, name).Json is not { } json)
        {
            return null;
        }

        bool normalises = ConfigFile.Switch(json, "do_normalize") ?? true;
        double[]? mean = normalises ? ConfigFile.Numbers(json, "image_mean") : [0];
        double[]? std = normalises ? ConfigFile.Numbers(json, "image_std") : [1];

        // Radapt's pixels are in [0, 1]; another factor goes into mean and deviation.
        double factor = ConfigFile.Switch(json, "do_rescale") == false ? Byte
            : Byte * (ConfigFile.Number(json, "rescale_factor") ?? (1 / Byte));
        int? resize = ConfigFile.Switch(json, "do_resize") == false ? null : SideOf(json, "size");
        int? crop = ConfigFile.Switch(json, "do_center_crop") == true ? SideOf(json, "crop_size") : null;
        return mean is null || std is null ? null : Create(mean, std, factor, crop ?? resize, resize, name);
    }

    /// <summary>Of a timm folder: the <c>pretrained_cfg</c> in its <c>config.json</c>.</summary>
    public static ToldPreparation? FromTimm(string weights)
    {
        if (ConfigFile.Beside(weights, "config.json").Json is not { } json || ConfigFile.Find(json, "pretrained_cfg") is not JsonObject told
            || ConfigFile.Numbers(told, "mean") is not { } mean || ConfigFile.Numbers(told, "std") is not { } std)
        {
            return null;
        }

        int? side = ConfigFile.Numbers(told, "input_size") is [_, var height, var width] && height == width ? Whole(height) : null;
        int? resize = side is { } s && ConfigFile.Number(told, "crop_pct") is { } share and > 0.1 and <= 1
            ? (int)Math.Floor(s / share) : null;
        return Create(mean, std, 1, side, resize, "pretrained_cfg in config.json");
    }

    /// <summary>
    /// The largest image size of whole patches that is at most the told one: a model's convolution leaves out the rest, too.
    /// </summary>
    public int? ImageSize(int patch) => Side is { } side && side >= patch ? side / patch * patch : null;

    // Radiographs are gray: three channels of the same values, whose statistics are averaged.
    private static ToldPreparation? Create(double[] mean, double[] std, double factor, int? side, int? resize, string source)
    {
        (double m, double s) = (Math.Round(mean.Average() / factor, 6), Math.Round(std.Average() / factor, 6));
        string averaged = mean.Distinct().Count() > 1 || std.Distinct().Count() > 1
            ? ", its channels averaged because radiographs are gray" : "";
        return m is >= 0 and <= 1 && s is > 0 and < 1e6
            ? new ToldPreparation(m, s, side, resize >= side ? resize : null, source + averaged) : null;
    }

    private static int? SideOf(JsonObject json, string key) => ConfigFile.Find(json, key) is JsonObject size
        ? Whole(ConfigFile.Number(size, "shortest_edge"))
        ?? (ConfigFile.Number(size, "height") == ConfigFile.Number(size, "width") ? Whole(ConfigFile.Number(size, "height")) : null)
        : Whole(ConfigFile.Number(json, key));

    private static int? Whole(double? number) => number is >= 1 and <= 4096 && number == Math.Floor(number.Value) ? (int)number : null;

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"mean {Mean}, standard deviation {Std}, image size {Side}, resize {Resize} ({Source})");
}
