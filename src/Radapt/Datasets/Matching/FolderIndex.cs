using System.Globalization;

namespace Radapt.Datasets.Matching;

/// <summary>
/// Finds the files of a folder that a table's cell may mean. Case does not matter: tables are typed, and copied between systems.
/// </summary>
internal sealed class FolderIndex
{
    private readonly ImageFolder _folder;
    private readonly Dictionary<string, List<int>> _paths;
    private readonly Dictionary<string, List<int>>[] _exact;
    private readonly Dictionary<string, List<int>>[] _digits; // the same, of numbers without leading zeros

    public FolderIndex(ImageFolder folder)
    {
        _folder = folder;
        Func<FolderImage, string?>[] keys =
            [i => ImageNames.FileName(i.Name), i => ImageNames.Stem(i.Name), i => i.Identity?.SopInstanceUid,
                i => i.Identity?.AccessionNumber, i => i.Patient is { } patient && i.Date is { } date ? PatientDay(patient, date) : null];
        _paths = Index(i => i.Name);
        _exact = [.. keys.Select(Index)];
        _digits = [.. keys.Select((key, kind) => (MatchKind)kind is MatchKind.Stem or MatchKind.Accession
            ? Index(i => key(i) is { } text ? ImageNames.Digits(text) : null) : [])];
    }

    /// <summary>What images of a patient and a day have in common.</summary>
    public static string PatientDay(string patient, DateOnly date) =>
        string.Create(CultureInfo.InvariantCulture, $"{PatientSpellings.Key(patient)} {date:yyyyMMdd}");

    /// <summary>The images that a cell means, as indices into the folder's; none, one or several.</summary>
    public IReadOnlyList<int> Find(string cell, MatchKind kind) => kind switch
    {
        MatchKind.Path => FindPath(CanonicalLetters.Decomposed(ImageNames.Normal(cell))),
        MatchKind.Stem => Find(CanonicalLetters.Decomposed(ImageNames.Stem(ImageNames.Normal(cell))), (int)kind),
        _ => Find(CanonicalLetters.Decomposed(cell), (int)kind),
    };

    // Letters with marks have two spellings in Unicode: tables mostly have one, files from a Mac the other.
    private List<int> Find(string text, int kind) =>
        _exact[kind].TryGetValue(text, out List<int>? found) ? found
        : ImageNames.Digits(text) is { } digits && _digits[kind].TryGetValue(digits, out found) ? found
        : [];

    // A table may have the whole path of another machine, or the name alone of a file in a deeper folder.
    private List<int> FindPath(string path)
    {
        return _paths.TryGetValue(path, out List<int>? same) ? same
            : _exact[(int)MatchKind.Path].TryGetValue(ImageNames.FileName(path), out List<int>? named)
                ? [.. named.Where(i => IsEndOf(CanonicalLetters.Decomposed(_folder.Images[i].Name)))]
                : [];

        bool IsEndOf(string name) => EndsWith(name, path) || EndsWith(path, name);
        static bool EndsWith(string a, string b) => a.EndsWith("/" + b, StringComparison.OrdinalIgnoreCase);
    }

    private Dictionary<string, List<int>> Index(Func<FolderImage, string?> key)
    {
        var index = new Dictionary<string, List<int>>(StringComparer.OrdinalIgnoreCase);
        for (int i = 0; i < _folder.Images.Count; i++)
        {
            if (key(_folder.Images[i]) is { Length: > 0 } written)
            {
                string text = CanonicalLetters.Decomposed(written);
                (index.TryGetValue(text, out List<int>? images) ? images : index[text] = []).Add(i);
            }
        }

        return index;
    }
}
