using Radapt.Compute;

namespace Radapt.Datasets.Phantoms;

/// <summary>One image of a set: whose it is, what it is for, what it shows.</summary>
/// <param name="Patient">From 0.</param>
/// <param name="Split"><c>train</c>, <c>val</c> or <c>test</c>.</param>
/// <param name="Findings">Those that are present.</param>
internal sealed record PlannedPhantom(int Patient, string Split, IReadOnlySet<PhantomFinding> Findings);

/// <summary>Which image belongs to which patient and split, and which findings it shows; drawn before any picture.</summary>
internal static class PhantomPlan
{
    private const double Prevalence = 0.3;
    private const double SecondImageProbability = 0.3; // of a patient
    private static readonly (string Name, double UpTo)[] s_splits = [("train", 0.6), ("val", 0.8), ("test", 1)];

    /// <summary>
    /// About 60 / 20 / 20 % of the images for train, val and test, split by patient. In every split each finding is present in 30 % of the
    /// images, to one image.
    /// </summary>
    public static PlannedPhantom[] Draw(PhantomOptions options)
    {
        int count = options.Count;
        var random = new KeyedRandom(options.Seed, RandomPurpose.Phantom, -1);
        var people = new (int Patient, string Split)[count];
        int patient = -1;
        bool sameAgain = false;
        for (int i = 0; i < count; i++)
        {
            patient += sameAgain ? 0 : 1;
            people[i] = (patient, sameAgain ? people[i - 1].Split : s_splits.First(s => i < s.UpTo * count).Name);
            sameAgain = !sameAgain && random.NextDouble() < SecondImageProbability;
        }

        HashSet<PhantomFinding>[] findings = [.. people.Select(_ => new HashSet<PhantomFinding>())];
        foreach ((string split, _) in s_splits)
        {
            int[] images = [.. Enumerable.Range(0, count).Where(i => people[i].Split == split)];
            foreach (PhantomFinding finding in options.Findings)
            {
                random.Shuffle(images.AsSpan());
                foreach (int i in images.Take((int)Math.Round(images.Length * Prevalence)))
                {
                    findings[i].Add(finding);
                }
            }
        }

        return [.. people.Select((p, i) => new PlannedPhantom(p.Patient, p.Split, findings[i]))];
    }
}
