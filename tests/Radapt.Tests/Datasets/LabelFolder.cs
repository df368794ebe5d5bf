using System.Text;

namespace Radapt.Tests.Datasets;

/// <summary>A folder with a label table or lists and (empty) image files, which are enough for everything before decoding.</summary>
internal sealed class LabelFolder : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public string this[string name] => _folder[name];

    public string Path => _folder.Path;

    public void Dispose() => _folder.Dispose();

    public LabelFolder Images(params IEnumerable<string> names)
    {
        foreach (string name in names)
        {
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(_folder[name])!);
            File.WriteAllBytes(_folder[name], []);
        }

        return this;
    }

    public string Write(string name, string text, Encoding? encoding = null)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(_folder[name])!);
        File.WriteAllText(_folder[name], text, encoding ?? new UTF8Encoding(false));
        return _folder[name];
    }

    /// <summary>
    /// A table that passes every check, with the finding <c>f</c>: 24 images in train, 6 in val, 6 in test, every second one positive,
    /// a patient each. Lines: header 1, train 2 to 25, val 26 to 31, test 32 to 37. Rows may be changed, removed (null) or added.
    /// </summary>
    public string WriteTable(Func<int, string, string?>? change = null, string header = "image,patient,split,f", params string[] more)
    {
        var rows = new List<string> { header };
        for (int i = 0; i < 36; i++)
        {
            string row = $"{i}.png,p{i},{(i < 24 ? "train" : i < 30 ? "val" : "test")},{i % 2}";
            if ((change is null ? row : change(i + 2, row)) is { } kept)
            {
                rows.Add(kept);
            }
        }

        Images(Enumerable.Range(0, 36).Select(i => $"{i}.png"));
        return Write("labels.csv", string.Join('\n', [.. rows, .. more]) + "\n");
    }
}
