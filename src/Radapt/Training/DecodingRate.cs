using System.Diagnostics;
using Radapt.Compute;
using Radapt.Datasets;
using Radapt.Imaging;
using Radapt.Imaging.Dicom.Codecs;
using Radapt.Recipes;

namespace Radapt.Training;

/// <summary>How long it takes to decode the images of a run, from a few of them.</summary>
internal static class DecodingRate
{
    private const int Sample = 16;
    private const int Few = 5000; // a minute or two, at any size of radiograph

    /// <summary>The time for all images on the loader's threads; null: there are few, or nobody asks.</summary>
    public static TimeSpan? Time(DataSplits data, PartialRecipe given, CodecProcess? codecs)
    {
        int images = new[] { data.Train, data.Val, data.Test }.Sum(s => s?.Items.Count ?? 0);
        if (images <= Few || given.Has((DataOptions d) => d.CheckPixels))
        {
            return null;
        }

        var dicom = new DecodingOptions(given.Value((PixelOptions p) => p.DicomScale), codecs);
        LabelledImage[] sample = [.. Enumerable.Range(0, Sample)
            .Select(i => data.Train.Items[(int)((long)i * data.Train.Items.Count / Sample)])];
        var watch = Stopwatch.StartNew();
        foreach (LabelledImage image in sample)
        {
            try
            {
                RadiographReader.Read(image.Path, dicom);
            }
            catch (RadaptException)
            {
                // the check itself will say so
            }
        }

        int threads = given.Value((ComputeOptions c) => c.LoaderThreads, Math.Max(1, Machine.Current.PhysicalCores));
        return watch.Elapsed / Sample * images / threads;
    }
}
