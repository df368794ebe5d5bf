using System.Globalization;
using Radapt.Imaging;
using Radapt.Imaging.Dicom;

namespace Radapt.Batching;

/// <summary>
/// Counts pictures that show hardly anything, as they are decoded: somebody should look at them, but they may be right. Any thread may add
/// at
/// any time.
/// </summary>
internal sealed class PictureDoubts
{
    private int _images;
    private int _blank;
    private int _blankDicom;
    private int _blankOf16Bits;
    private int _saturated;

    /// <summary>Blank or nearly blank images.</summary>
    public int Blank => _blank;

    /// <summary>Images with large areas of pure white or black.</summary>
    public int Saturated => _saturated;

    /// <summary>Looks at an image.</summary>
    /// <param name="path">Its file.</param>
    /// <param name="image">As decoded, full size.</param>
    public void Add(string path, Radiograph image)
    {
        PictureLevels levels = PictureLevels.Measure(image);
        Interlocked.Increment(ref _images);
        if (levels.IsBlank)
        {
            Interlocked.Increment(ref _blank);
            if (DicomReader.IsDicomFile(path))
            {
                Interlocked.Increment(ref _blankDicom);
            }
            else if (image.SourceBits == 16)
            {
                Interlocked.Increment(ref _blankOf16Bits);
            }
        }
        else if (levels.IsSaturated)
        {
            Interlocked.Increment(ref _saturated);
        }
    }

    /// <summary>Lines to show: how many, and what to do; none where nothing is wrong.</summary>
    public IEnumerable<string> Lines()
    {
        if (_blank > 0)
        {
            var advice = new List<string>();
            if (_blankDicom > 0)
            {
                advice.Add(
                    "the window of a DICOM file may lie beside its values: fine-tune with --dicom-scale percentile, "
                        + "or export the files with another window");
            }

            if (_blankOf16Bits > 0)
            {
                advice.Add("16-bit files may hold values of fewer bits, such as 12: write values that use the full range");
            }

            advice.Add("radapt data check lists them");
            yield return $"{Of(_blank)} blank or nearly blank (98 % of the pixels are within 16 of 256 gray levels); {string.Join("; ", advice)}.";
        }

        if (_saturated > 0)
        {
            yield return $"{Of(_saturated)} pure white over more than 40 % of the pixels, or pure black over more than 75 %; look at them: radapt data check lists them.";
        }
    }

    private string Of(int count) => string.Create(CultureInfo.InvariantCulture,
        $"{count:N0} of {_images:N0} image{(_images == 1 ? "" : "s")} {(count == 1 ? "is" : "are")}");
}
