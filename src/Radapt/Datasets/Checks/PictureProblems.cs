using System.Globalization;
using Radapt.Datasets.Phantoms;
using Radapt.Imaging;

namespace Radapt.Datasets.Checks;

/// <summary>
/// What single images look like. The limits were chosen on 8,100 real radiographs of four sets; docs/data.md has the figures. Those of gray
/// levels are in <see cref="PictureLevels"/>.
/// </summary>
internal static class PictureProblems
{
    private const double Opposite = -0.2; // correlation with the average radiograph; real ones -0.14 to 0.90
    private const double Common = 0.9; // a size or encoding of so many is the rule to which others are exceptions
    private const double Rare = 0.02;
    private const double Apart = 3; // times the median side

    private static readonly Lazy<byte[]> s_average = new(AverageRadiograph);

    /// <summary>A problem of this image by itself; at most one, since a blank image is also saturated.</summary>
    public static DataProblem? Find(string name, ImageFacts facts)
    {
        if (facts.Error is { } error)
        {
            return new DataProblem(name, DataProblemKind.Unreadable, ProblemSeverity.Error, error);
        }

        PictureLevels levels = facts.Levels;
        if (facts.IsBlank)
        {
            return new DataProblem(name, DataProblemKind.Blank, ProblemSeverity.Warning,
                $"98 % of its pixels are within {levels.Range + 1} of 256 gray levels"
                    + (facts is { Format: ImageFormat.Png, Bits: 16 } ? "; 16-bit files may hold values of fewer bits (--png-bits)" : ""));
        }

        if (levels.IsSaturated)
        {
            return new DataProblem(name, DataProblemKind.Saturated, ProblemSeverity.Warning, string.Create(
                CultureInfo.InvariantCulture,
                    $"{(levels.IsTooWhite ? $"{levels.White:P0} of its pixels are pure white" : $"{levels.Black:P0} of its pixels are pure black")}"));
        }

        double correlation = PictureCells.Correlation(facts.Thumb, s_average.Value);
        return correlation >= Opposite ? null : new DataProblem(name, DataProblemKind.Inverted, ProblemSeverity.Warning, string.Create(
            CultureInfo.InvariantCulture, $"looks like a negative: correlation {correlation:0.00} with the average radiograph"));
    }

    /// <summary>What is suspicious about a picture by itself; null: nothing.</summary>
    public static DataProblemKind? Kind(Radiograph image)
    {
        byte[] gray = PictureLevels.GrayOf(image);
        var levels = PictureLevels.Measure(gray);
        if (levels.IsBlank || levels.IsSaturated)
        {
            return levels.IsBlank ? DataProblemKind.Blank : DataProblemKind.Saturated;
        }

        if (Math.Max(image.Width, image.Height) > Apart * Math.Min(image.Width, image.Height))
        {
            return DataProblemKind.OddSize;
        }

        Span<float> cells = stackalloc float[PictureCells.Rows * PictureCells.HashColumns];
        Span<byte> thumb = stackalloc byte[PictureCells.Rows * PictureCells.ThumbColumns];
        PictureCells.Average(gray, image.Width, image.Height, cells, thumb);
        return PictureCells.Correlation(thumb, s_average.Value) < Opposite ? DataProblemKind.Inverted : null;
    }

    /// <summary>Images whose headers say that they are of another view or another part of the body than a training expects.</summary>
    public static IEnumerable<DataProblem> ByHeader(IReadOnlyList<(string Name, ImageFacts Facts)> images)
    {
        foreach ((string name, ImageFacts facts) in images)
        {
            if (facts.IsOfOtherBodyPart)
            {
                yield return new DataProblem(name, DataProblemKind.OtherBodyPart, ProblemSeverity.Warning,
                    "not of the chest according to its header");
            }
            else if (facts.IsLateral)
            {
                yield return new DataProblem(name, DataProblemKind.OtherView, ProblemSeverity.Note,
                    "a lateral view according to its header: finetune uses it only with --views all");
            }
        }
    }

    /// <summary>Images whose format, colour or bits nearly all others do not have.</summary>
    public static IEnumerable<DataProblem> OddEncodings(
        IReadOnlyList<(string Name, ImageFacts Facts)> images, IReadOnlyList<ImageEncoding> encodings)
    {
        if (encodings.Count < 2 || encodings[0].Images < Common * images.Count)
        {
            return [];
        }

        string rule = encodings[0].ToString();
        ImageEncoding[] odd = [.. encodings.Skip(1).Where(e => e.Images <= Math.Max(1, Rare * images.Count))];
        return from image in images
               from encoding in odd
               where Is(image.Facts, encoding)
               select new DataProblem(image.Name, DataProblemKind.OddEncoding, ProblemSeverity.Note,
                   $"{encoding}; {encodings[0].Images} of {images.Count} images are {rule}");
    }

    /// <summary>Images of another size than nearly all, or, where sizes vary, of a side far from the median.</summary>
    public static IEnumerable<DataProblem> OddSizes(IReadOnlyList<(string Name, ImageFacts Facts)> images, DataCheckReport report)
    {
        if (report.Sizes.Count == 0)
        {
            return [];
        }

        ImageSize rule = report.Sizes[0];
        int median = report.ShorterSide.Median;
        return rule.Images >= Common * images.Count
            ? images.Where(i => i.Facts.Width != rule.Width || i.Facts.Height != rule.Height)
                .Select(i => Odd(i, $"{rule.Images} of {images.Count} images have {rule.Width} x {rule.Height}"))
            : images.Where(i => Math.Min(i.Facts.Width, i.Facts.Height) is var side
                && (side * Apart < median || side > Apart * median || Math.Max(i.Facts.Width, i.Facts.Height) > Apart * side))
                .Select(i => Odd(i, $"the median of the shorter sides is {median}"));

        static DataProblem Odd((string Name, ImageFacts Facts) image, string rule) =>
            new(image.Name, DataProblemKind.OddSize, ProblemSeverity.Note, $"{image.Facts.Width} x {image.Facts.Height} pixels; {rule}");
    }

    private static bool Is(ImageFacts facts, ImageEncoding e) =>
        facts.Format == e.Format && facts.Channels == e.Channels && facts.Bits == e.Bits;

    // The average of a few phantoms: bright spine, heart and abdomen, dark lungs and surroundings. The set's own average would be of no use
    // where half
    // of the images are inverted.
    private static byte[] AverageRadiograph()
    {
        var options = new PhantomOptions { Count = 32, Size = 64, Seed = 1 };
        PlannedPhantom[] plan = PhantomPlan.Draw(options);
        var sums = new int[PictureCells.Rows * PictureCells.ThumbColumns];
        Span<float> cells = stackalloc float[PictureCells.Rows * PictureCells.HashColumns];
        Span<byte> thumb = stackalloc byte[sums.Length];
        for (int i = 0; i < plan.Length; i++)
        {
            PictureCells.Average(PhantomSet.Draw(plan[i], i, options).Picture.Pixels, options.Size, options.Size, cells, thumb);
            for (int c = 0; c < sums.Length; c++)
            {
                sums[c] += thumb[c];
            }
        }

        return [.. sums.Select(s => (byte)(s / plan.Length))];
    }
}
