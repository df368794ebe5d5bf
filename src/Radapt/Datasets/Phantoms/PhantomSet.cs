using System.Globalization;
using System.Text;
using NetVips;
using Radapt.Compute;

namespace Radapt.Datasets.Phantoms;

/// <summary>Writes a folder of synthetic chest radiographs with a label table, ready for <c>--data DIR</c>.</summary>
public static class PhantomSet
{
    private const double EffusionShare = 0.5;
    private const double CardiomegalyShare = 0.4;
    private const double SecondImageProbability = 0.3; // of a patient
    private static readonly (string Name, double UpTo)[] s_splits = [("train", 0.6), ("val", 0.8), ("test", 1)];

    /// <summary>
    /// Writes <c>labels.csv</c> (image, patient, split, Effusion, Cardiomegaly) and 8-bit gray PNG files under <c>images/</c>. Patients have one or
    /// two images; about 60 / 20 / 20 % of the images are for train, val and test, split by patient. In every split half of the images
    /// have an effusion and 40 % cardiomegaly, independently. The same arguments give the same files.
    /// </summary>
    /// <param name="folder">A folder that does not exist yet or is empty. It appears whole or not at all.</param>
    /// <param name="count">Number of images, 10 to 100,000.</param>
    /// <param name="size">Side in pixels, 16 to 4096.</param>
    /// <param name="seed">Seed of everything random.</param>
    /// <exception cref="RadaptException">The folder holds files or cannot be written, or a number is out of range.</exception>
    public static void Write(string folder, int count, int size, long seed)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        if (count is < 10 or > 100_000)
        {
            throw new RadaptException($"Phantoms: the number of images must be 10 to 100000, not {count}.");
        }

        if (size is < 16 or > 4096)
        {
            throw new RadaptException($"Phantoms: the side must be 16 to 4096 pixels, not {size}.");
        }

        string target = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        if (File.Exists(target) || (Directory.Exists(target) && Directory.EnumerateFileSystemEntries(target).Any()))
        {
            throw new RadaptException($"{folder}: already holds files; name a new or empty folder for the phantoms.");
        }

        string draft = $"{target}.{Guid.NewGuid():N}.tmp";
        try
        {
            Directory.CreateDirectory(Path.Combine(draft, "images"));
            WriteDraft(draft, Plan(count, seed), size, seed);
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

    private static void WriteDraft(string draft, IReadOnlyList<Phantom> phantoms, int size, long seed)
    {
        var table = new StringBuilder("image,patient,split,Effusion,Cardiomegaly\n");
        for (int i = 0; i < phantoms.Count; i++)
        {
            Phantom phantom = phantoms[i];
            string name = string.Create(CultureInfo.InvariantCulture, $"images/phantom{i + 1:D6}.png");
            byte[] pixels = SimplePhantoms.Draw(size, phantom.Effusion, phantom.Cardiomegaly, new KeyedRandom(seed, RandomPurpose.Phantom, i));
            using Image image = Image.NewFromMemory(pixels, size, size, 1, Enums.BandFormat.Uchar);
            File.WriteAllBytes(Path.Combine(draft, name), image.PngsaveBuffer());
            table.Append(CultureInfo.InvariantCulture, $"{name},P{phantom.Patient + 1:D6},{phantom.Split},{(phantom.Effusion ? 1 : 0)},{(phantom.Cardiomegaly ? 1 : 0)}\n");
        }

        File.WriteAllText(Path.Combine(draft, "labels.csv"), table.ToString());
    }

    private static Phantom[] Plan(int count, long seed)
    {
        var random = new KeyedRandom(seed, RandomPurpose.Phantom, -1);
        var plan = new Phantom[count];
        int patient = -1;
        bool sameAgain = false;
        for (int i = 0; i < count; i++)
        {
            patient += sameAgain ? 0 : 1;
            string split = sameAgain ? plan[i - 1].Split : s_splits.First(s => i < s.UpTo * count).Name;
            plan[i] = new Phantom(patient, split, false, false);
            sameAgain = !sameAgain && random.NextDouble() < SecondImageProbability;
        }

        foreach ((string split, _) in s_splits)
        {
            int[] images = [.. Enumerable.Range(0, count).Where(i => plan[i].Split == split)];
            random.Shuffle(images.AsSpan());
            foreach (int i in images.Take((int)Math.Round(images.Length * EffusionShare)))
            {
                plan[i] = plan[i] with { Effusion = true };
            }

            random.Shuffle(images.AsSpan());
            foreach (int i in images.Take((int)Math.Round(images.Length * CardiomegalyShare)))
            {
                plan[i] = plan[i] with { Cardiomegaly = true };
            }
        }

        return plan;
    }

    private readonly record struct Phantom(int Patient, string Split, bool Effusion, bool Cardiomegaly);
}
