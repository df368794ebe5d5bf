using System.Globalization;
using System.Text;
using Radapt.Compute;
using Radapt.Imaging;

namespace Radapt.Datasets.Phantoms;

/// <summary>Writes a folder of synthetic chest radiographs with a label table, ready for <c>--data DIR</c>.</summary>
public static class PhantomSet
{
    /// <summary>
    /// Writes <c>labels.csv</c> (image, patient, split, a column per finding), 8-bit gray PNG files under <c>images/</c>, where each
    /// finding shows under
    /// <c>masks/</c> (<c>phantom000001.Effusion.png</c>), <c>findings.csv</c> (side, place and strength of each) and <c>reports.csv</c>
    /// (image, patient, split, report).
    /// Patients have one or two images; about 60 / 20 / 20 % of the images are for train, val and test, split by patient. The same options
    /// give the
    /// same bytes, whatever the number of threads.
    /// </summary>
    /// <param name="folder">A folder that does not exist yet or is empty. It appears whole or not at all.</param>
    /// <param name="options">How many, how large.</param>
    /// <param name="progress">Told how many images are written.</param>
    /// <param name="cancellation">Stops; nothing is left behind.</param>
    /// <exception cref="RadaptException">The folder holds files or cannot be written, or a number is out of range.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static void Write(string folder, PhantomOptions options, IProgress<int>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        string target = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        if (File.Exists(target) || (Directory.Exists(target) && Directory.EnumerateFileSystemEntries(target).Any()))
        {
            throw new RadaptException($"{folder}: already holds files; name a new or empty folder for the phantoms.");
        }

        string draft = $"{target}.{Guid.NewGuid():N}.tmp";
        try
        {
            Directory.CreateDirectory(Path.Combine(draft, "images"));
            WriteDraft(draft, options, progress, cancellation);
            if (Directory.Exists(target))
            {
                Directory.Delete(target);
            }

            Directory.Move(draft, target);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RadaptException($"{folder}: the phantoms cannot be written: {e.Message}", e);
        }
        finally
        {
            if (Directory.Exists(draft))
            {
                Directory.Delete(draft, recursive: true);
            }
        }
    }

    /// <summary>Draws one image of a set: a patient's build depends on (seed, patient), the rest on (seed, image).</summary>
    internal static Phantom Draw(PlannedPhantom planned, int index, PhantomOptions options)
    {
        var person = new KeyedRandom(options.Seed, RandomPurpose.Phantom, planned.Patient, 1);
        var random = new KeyedRandom(options.Seed, RandomPurpose.Phantom, index, 2);
        var habitus = Habitus.Draw(ref person);
        var lesions = Lesions.Draw(planned.Findings.Contains, options.Difficulty, ref random);
        var exposure = Exposure.Draw(options.Difficulty, ref random);
        var picture = PhantomPicture.Draw(options.Size, habitus, exposure, lesions, ref random);
        return new Phantom(picture, lesions, PhantomReport.Write(lesions, exposure, picture.HeartRatio, ref random));
    }

    private static void WriteDraft(string draft, PhantomOptions options, IProgress<int>? progress, CancellationToken cancellation)
    {
        PlannedPhantom[] plan = PhantomPlan.Draw(options);
        var findings = new string[plan.Length];
        var reports = new string[plan.Length];
        if (options.Masks)
        {
            Directory.CreateDirectory(Path.Combine(draft, "masks"));
        }

        int written = 0;
        var parallel = new ParallelOptions
        {
            MaxDegreeOfParallelism = options.Threads > 0 ? options.Threads : Environment.ProcessorCount,
            CancellationToken = cancellation,
        };
        try
        {
            Parallel.For(0, plan.Length, parallel, i =>
            {
                Phantom phantom = Draw(plan[i], i, options);
                File.WriteAllBytes(Path.Combine(draft, ImageName(i)), GrayPng.Encode(phantom.Picture.Pixels, options.Size));
                foreach ((PhantomFinding finding, byte[] mask) in options.Masks ? phantom.Picture.Masks
                    : new Dictionary<PhantomFinding, byte[]>())
                {
                    File.WriteAllBytes(Path.Combine(draft, "masks", $"{Stem(i)}.{finding}.png"), GrayPng.EncodeMask(mask, options.Size));
                }

                findings[i] = string.Concat(phantom.Lesions.Describe().Select(d => $"{ImageName(i)},{d}\n"));
                reports[i] = $"{ImageName(i)},{Place(plan[i])},\"{phantom.Report}\"\n";
                progress?.Report(Interlocked.Increment(ref written));
            });
        }
        catch (AggregateException e)
        {
            throw e.InnerExceptions[0] is IOException or UnauthorizedAccessException ? new IOException(e.InnerExceptions[0].Message, e)
                : e.InnerExceptions[0];
        }

        File.WriteAllText(Path.Combine(draft, "labels.csv"), Table(plan, options));
        File.WriteAllText(Path.Combine(draft, "findings.csv"), "image,finding,side,x,y,strength\n" + string.Concat(findings));
        File.WriteAllText(Path.Combine(draft, "reports.csv"), "image,patient,split,report\n" + string.Concat(reports));
    }

    private static string Table(PlannedPhantom[] plan, PhantomOptions options)
    {
        var table = new StringBuilder($"image,patient,split,{string.Join(',', options.Findings)}\n");
        for (int i = 0; i < plan.Length; i++)
        {
            string labels = string.Join(',', options.Findings.Select(f => plan[i].Findings.Contains(f) ? 1 : 0));
            table.Append(CultureInfo.InvariantCulture, $"{ImageName(i)},{Place(plan[i])},{labels}\n");
        }

        return table.ToString();
    }

    // Patient and split.
    private static string Place(PlannedPhantom planned) =>
        string.Create(CultureInfo.InvariantCulture, $"P{planned.Patient + 1:D6},{planned.Split}");

    private static string Stem(int index) => string.Create(CultureInfo.InvariantCulture, $"phantom{index + 1:D6}");

    private static string ImageName(int index) => $"images/{Stem(index)}.png";
}

/// <summary>One drawn image.</summary>
internal sealed record Phantom(PhantomPicture Picture, Lesions Lesions, string Report);
