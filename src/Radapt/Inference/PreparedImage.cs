using Radapt.Batching;
using Radapt.Imaging;
using Radapt.Imaging.Dicom.Codecs;

namespace Radapt.Inference;

/// <summary>An image that was looked at and prepared for models, or why it was not.</summary>
/// <param name="Screened">What the guards say.</param>
/// <param name="Pixels">(S, S) for every way of preparing; none where there is nothing to compute.</param>
/// <param name="Error">Why it cannot be read; null: it can.</param>
internal sealed record PreparedImage(
    ScreenedImage Screened, IReadOnlyDictionary<Preprocessing, float[]> Pixels, RadaptException? Error)
{
    /// <summary>Width and height of the image; 0 where it was not decoded.</summary>
    public (int Width, int Height) Size { get; init; }
}

/// <summary>Prepares single images as <see cref="ImageBatches"/> prepares sets of them. Any thread may ask at any time.</summary>
/// <param name="preprocessings">The ways of preparing.</param>
/// <param name="screen">The guards.</param>
/// <param name="codecs">Where JPEG-LS and JPEG 2000 are decoded; null: in processes of its own.</param>
internal sealed class ImagePreparation(IReadOnlyList<Preprocessing> preprocessings, ImageScreen screen, CodecProcess? codecs)
{
    private static readonly Dictionary<Preprocessing, float[]> s_nothing = [];

    /// <summary>Reads an image, looks at it and prepares it.</summary>
    public PreparedImage Prepare(ImageSource image)
    {
        ScreenedImage screened = screen.Header(image);
        if (screened.Refusal is not null && !screen.KeepsRefused)
        {
            return new PreparedImage(screened, s_nothing, null);
        }

        try
        {
            var pixels = new Dictionary<Preprocessing, float[]>();
            (int Width, int Height) size = default;
            foreach (IGrouping<(Imaging.Dicom.DicomScale, int), Preprocessing> alike in preprocessings
                .GroupBy(p => (p.DicomScale, p.PngBits)))
            {
                Radiograph radiograph = image.Decode(alike.First().Decoding(codecs));
                size = (radiograph.Width, radiograph.Height);
                screened = screen.Pixels(screened, radiograph);
                if (screened.Refusal is not null && !screen.KeepsRefused)
                {
                    return new PreparedImage(screened, s_nothing, null);
                }

                foreach (Preprocessing preprocessing in alike)
                {
                    var values = new float[preprocessing.ImageSize * preprocessing.ImageSize];
                    EvaluationTransform.Apply(radiograph, preprocessing, values);
                    pixels[preprocessing] = values;
                }
            }

            return new PreparedImage(screened, pixels, null) { Size = size };
        }
        catch (RadaptException e)
        {
            return new PreparedImage(screened, s_nothing, e);
        }
    }
}
