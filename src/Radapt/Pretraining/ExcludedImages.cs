using System.Text.RegularExpressions;
using Radapt.Datasets.Matching;

namespace Radapt.Pretraining;

/// <summary>
/// Images that pre-training must not see, such as those of a test set: by file name, whatever folder and extension; names of ChestX-ray14
/// stand for all images of their patient.
/// </summary>
internal sealed partial class ExcludedImages
{
    private readonly HashSet<string> _stems = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _patients = new(StringComparer.Ordinal);

    private ExcludedImages()
    {
    }

    /// <summary>Names in the lists.</summary>
    public int Names => _stems.Count;

    /// <summary>Reads lists: each line begins with a file name, which a comma, semicolon, tab or the first label ends.</summary>
    /// <exception cref="RadaptException">A list cannot be read, or holds no name.</exception>
    public static ExcludedImages Read(IReadOnlyList<string> lists)
    {
        var excluded = new ExcludedImages();
        foreach (string list in lists)
        {
            int before = excluded.Names;
            foreach (string line in Lines(list))
            {
                excluded.Add(NameAtStart().Match(line).Groups[1].Value.Trim('"', ' '));
            }

            if (excluded.Names == before)
            {
                throw new RadaptException($"{list}: lists no image. Each line must begin with a file name.");
            }
        }

        return excluded;
    }

    /// <summary>Whether an image is left out.</summary>
    public bool Has(string path) => _stems.Contains(ImageNames.Stem(ImageNames.Normal(path)))
        || (PatientOf(path) is { } patient && _patients.Contains(patient));

    /// <summary>The patient that a file name of ChestX-ray14 tells, <c>00001234</c>; null: it is not such a name.</summary>
    public static string? PatientOf(string path) => NihName().Match(ImageNames.Stem(ImageNames.Normal(path))) is { Success: true } match
        ? match.Groups[1].Value : null;

    private void Add(string name)
    {
        if (name.Length == 0)
        {
            return;
        }

        _stems.Add(ImageNames.Stem(ImageNames.Normal(name)));
        if (PatientOf(name) is { } patient)
        {
            _patients.Add(patient);
        }
    }

    private static string[] Lines(string list)
    {
        try
        {
            return File.ReadAllLines(list);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RadaptException($"--exclude {list}: cannot be read ({e.Message}).", e);
        }
    }

    [GeneratedRegex(@"^([0-9]{8})_[0-9]{3}$", RegexOptions.CultureInvariant)]
    private static partial Regex NihName();

    // Up to a separator, or to the numbers that end a line of a split list.
    [GeneratedRegex(@"^([^,;\t]*?)(?:\s+-?[0-9. -]*)?(?:[,;\t].*)?$", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex NameAtStart();
}
