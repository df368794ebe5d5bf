using Radapt.Adaptation;
using Radapt.Compute;
using Radapt.Datasets;
using Radapt.Imaging;
using Radapt.Imaging.Dicom.Codecs;
using Radapt.Options;
using Radapt.Recipes;

namespace Radapt.Training;

/// <summary>What the weights, the data and the machine tell of a run, from which defaults are chosen.</summary>
internal static class RunFacts
{
    /// <summary>Reads it off the weights and the data, and measures what was not given.</summary>
    /// <param name="given">What was given.</param>
    /// <param name="data">All images.</param>
    /// <param name="weights">The base weights; null: random ones.</param>
    /// <param name="codecs">Where JPEG-LS and JPEG 2000 are decoded; null: nowhere.</param>
    public static RecipeFacts Gather(PartialRecipe given, DataSplits data, BackboneWeights? weights, CodecProcess? codecs) => new()
    {
        WeightsShape = weights?.Shape,
        WeightsTellHeads = weights?.TellsHeads ?? false,
        WeightsHaveNorm = weights?.HasNorm ?? true,
        WeightsDescription = weights?.Description,
        WeightsMean = weights?.Mean,
        WeightsStd = weights?.Std,
        WeightsPreparation = weights?.Preparation,
        TrainingImages = data.Train.Items.Count,
        Validation = data.Val,
        TestImages = data.Test?.Items.Count ?? 0,
        PngDepth = given.Has((PixelOptions p) => p.PngBits) ? null : PngDepth.Measure([.. Paths(data)]),
        DecodingTime = DecodingRate.Time(data, given, codecs),
        DataChoices = data.Choices,
        Findings = data.Train.Findings,
        Probe = Probe(given),
        PhysicalCores = Machine.Current.PhysicalCores,
        LogicalCores = Machine.Current.LogicalCores,
    };

    /// <summary>Refuses a device that this machine or build does not have.</summary>
    /// <exception cref="RadaptException">There is no such device.</exception>
    public static void RequireDevice(PartialRecipe given)
    {
        if (given.Value((ComputeOptions c) => c.Device) == DeviceKind.Cuda && !TorchSharp.torch.cuda.is_available())
        {
            throw new RadaptException(
                "--device cuda: this build or machine has no CUDA. Build with -p:TorchBackend=cuda on a machine "
                    + "with a driver, or leave --device out.");
        }
    }

    private static IEnumerable<string> Paths(DataSplits data) =>
        new[] { data.Train, data.Val, data.Test }.OfType<LabelledImages>().SelectMany(s => s.Items).Select(i => i.Path);

    // A recipe that states both, such as that of a run to resume, is not probed again.
    private static ProductChoice? Probe(PartialRecipe given)
    {
        bool isPrecisionGiven = given.Has((ComputeOptions c) => c.Precision);
        string precision = isPrecisionGiven ? given.Value((ComputeOptions c) => c.Precision).Spelled() : Automatic.Word;
        return isPrecisionGiven && given.Has((ComputeOptions c) => c.Products) ? null
            : given.Value((ComputeOptions c) => c.Device) == DeviceKind.Cuda
                ? new ProductChoice(precision == "float32" ? "float32" : "bfloat16", "linear", "a CUDA device")
            : ProductProbe.Choose(precision);
    }
}
