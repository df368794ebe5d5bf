using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Radapt.Imaging;
using Radapt.Tests.Golden;

namespace Radapt.Tests.Imaging;

/// <summary>Section <c>preprocess</c>: what Pillow and torchvision make of image files in the paper's code.</summary>
[Trait("Category", "Golden")]
public class PreprocessGoldenTests
{
    private const double CroppedShare = 224.0 / 256; // of the AdamW recipes' evaluation: resized to 256 px, the middle 224 px kept

    // 16-bit gray is scaled here and clipped to white there, on purpose: RadiographReaderTests fixes ours.
    public static TheoryData<string> Files { get; } =
        GoldenIndex.Ids("preprocess", c => c.Has("input") && (string)c.Config["file_mode"]! != "I");

    public static TheoryData<string> Crops { get; } = GoldenIndex.Ids("preprocess", c => c.Config.ContainsKey("crops"));

    public static TheoryData<string> Scales { get; } = GoldenIndex.Ids("preprocess", c => c.Config.ContainsKey("dtypes"));

    public static TheoryData<string> TransformLists { get; } = GoldenIndex.Ids("preprocess", c => c.Has("table"));

    [Theory]
    [MemberData(nameof(Files))]
    public void Read_File_GivesThePixelsOfPillow(string id)
    {
        GoldenCase golden = GoldenIndex.Find(id);
        Radiograph image = RadiographReader.Read(golden.File("input"));
        Assert.Equal((int)golden.Config["size_wh"]![0]!, image.Width);
        Assert.Equal((int)golden.Config["size_wh"]![1]!, image.Height);
        byte[] rgb = image.Channels == 3 ? image.Pixels : [.. image.Pixels.SelectMany(level => new[] { level, level, level })];
        Assert.Equal((string)golden.Config["decoded_rgb_sha256"]!, Convert.ToHexStringLower(SHA256.HashData(rgb)));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void EvaluationTransform_File_EqualsTorchvision(string id)
    {
        GoldenCase golden = GoldenIndex.Find(id);
        Radiograph image = RadiographReader.Read(golden.File("input"));
        foreach ((string tensor, JsonNode? output) in golden.Config["outputs"]!.AsObject())
        {
            float[] expected = Floats(golden.File("data"), tensor);
            int size = (int)Math.Sqrt(expected.Length);
            int resize = (string)output!["transform"]! == "sgd" ? size : (int)Math.Round(size / CroppedShare);
            var actual = new float[expected.Length];
            EvaluationTransform.Apply(image, new Preprocessing(size, resize, output["mean"]!.Number(), output["std"]!.Number()), actual);
            AssertClose(expected, actual, golden.Tolerance);
        }
    }

    [Theory]
    [MemberData(nameof(Crops))]
    public void CropAndFlip_GivenBox_EqualsTorchvision(string id)
    {
        GoldenCase golden = GoldenIndex.Find(id);
        foreach (JsonNode? crop in golden.Config["crops"]!.AsArray())
        {
            float[] expected = Floats(golden.File("data"), (string)crop!["tensor"]!);
            int[] ijhw = [.. crop["box_i_j_h_w"]!.AsArray().Select(n => (int)n!)];
            (double mean, double std) = (string)crop["stats"]! == "mrm" ? (0.4978, 0.2449) : (0.4785, 0.2834);
            int size = (int)Math.Sqrt(expected.Length);
            var actual = new float[expected.Length];
            TrainingTransform.CropAndFlip(
                RadiographReader.Read(Path.Combine(GoldenIndex.Root, (string)crop["input"]!)),
                new PixelBox(ijhw[1], ijhw[0], ijhw[3], ijhw[2]),
                (bool)crop["hflip"]!,
                new Preprocessing(size, size, mean, std),
                actual);
            AssertClose(expected, actual, golden.Tolerance);
        }
    }

    [Theory]
    [MemberData(nameof(Scales))]
    public void RsnaScale_StoredValues_EqualsOpenCv(string id)
    {
        GoldenCase golden = GoldenIndex.Find(id);
        int tolerance = (int)golden.Tolerance["max_abs_levels"]!;
        foreach ((string name, _) in golden.Config["dtypes"]!.AsObject())
        {
            int[] values = MemoryMarshal.Cast<byte, int>(Bytes(golden.File("data"), name + ".pixels")).ToArray();
            foreach (bool invert in new[] { true, false })
            {
                var actual = new byte[values.Length];
                RsnaScale.Apply(values, invert, actual);
                byte[] expected = Bytes(golden.File("data"), name + (invert ? ".mono1" : ".mono2"));
                Assert.All(expected.Zip(actual), pair => Assert.InRange(Math.Abs(pair.First - pair.Second), 0, tolerance));
            }
        }
    }

    [Theory]
    [MemberData(nameof(TransformLists))]
    public void Transforms_OfThePaper_AreThoseBuiltHere(string id)
    {
        JsonNode lists = GoldenIndex.Find(id).Json("table");
        Assert.Matches(
            @"^RandomResizedCrop\(size=\((\d+), \1\), scale=\(0\.08, 1\.0\), ratio=\(0\.75, 1\.3333\), interpolation=bicubic\), antialias=None\)$",
            (string)lists["sgd_train"]![0]!);
        Assert.Equal("RandomHorizontalFlip(p=0.5)", (string)lists["sgd_train"]![1]!);
        foreach (string list in new[] { "sgd_eval", "adamw_eval" })
        {
            string[] steps =
                [.. lists[list]!.AsArray().Select(step => ((string)step!)[..((string)step!).IndexOf('(', StringComparison.Ordinal)])];
            Assert.Equal(["Resize", "CenterCrop", "Grayscale", "ToTensor", "Normalize"], steps);
        }
    }

    [Theory]
    [MemberData(nameof(TransformLists))]
    public void RandAugmentAndErasing_OfThePaper_AreThoseBuiltHere(string id)
    {
        string[] steps = [.. GoldenIndex.Find(id).Json("table")["adamw_train"]!.AsArray().Select(step => (string)step!)];
        Assert.Equal(
            ["RandomResizedCropAndInterpolation", "RandomHorizontalFlip", "RandAugment", "Grayscale", "ToTensor", "Normalize",
                "RandomErasing"],
            steps.Select(step => step[..step.IndexOf('(', StringComparison.Ordinal)]));
        Assert.StartsWith("RandAugment(n=2,", steps[2], StringComparison.Ordinal);
        string[] operations = [.. steps[2].Split("AugmentOp(name=").Skip(1).Select(o => o.TrimEnd(' ', '\t', ')'))];
        Assert.Equal(
            operations,
            RandAugment.All.Select(o => o switch
            {
                RandAugmentOperation.Posterize or RandAugmentOperation.Solarize or RandAugmentOperation.Color
                    or RandAugmentOperation.Contrast
                    or RandAugmentOperation.Brightness or RandAugmentOperation.Sharpness => $"{o}Increasing",
                RandAugmentOperation.TranslateX or RandAugmentOperation.TranslateY => $"{o}Rel",
                _ => $"{o}",
            }).Select(name => $"{name}, p=0.5, m=9, mstd=0.5"));
        Assert.Equal("RandomErasing(p=0.25, mode=pixel, count=(1, 1))", steps[6]);
    }

    private static void AssertClose(float[] expected, float[] actual, JsonObject tolerance)
    {
        double[] errors = [.. expected.Zip(actual, (e, a) => Math.Abs((double)e - a))];
        Assert.InRange(errors.Max(), 0, tolerance["max_abs"]!.Number());
        if (tolerance["mean_abs"] is JsonNode mean)
        {
            Assert.InRange(errors.Average(), 0, mean.Number());
        }
    }

    private static float[] Floats(string path, string tensor) => MemoryMarshal.Cast<byte, float>(Bytes(path, tensor)).ToArray();

    private static byte[] Bytes(string path, string tensor)
    {
        byte[] file = File.ReadAllBytes(path);
        int header = 8 + (int)BinaryPrimitives.ReadUInt64LittleEndian(file);
        JsonNode offsets = JsonNode.Parse(file.AsSpan(8, header - 8))![tensor]!["data_offsets"]!;
        return file[(header + (int)offsets[0]!)..(header + (int)offsets[1]!)];
    }
}
