namespace Radapt.Datasets.Matching;

/// <summary>File names of images and what stays the same when people and programs copy them into tables.</summary>
internal static class ImageNames
{
    private static readonly string[] s_extensions = [".png", ".jpg", ".jpeg", ".dcm", ".dicom"];

    public static bool IsPngOrJpeg(string name) => s_extensions.Take(3).Any(e => name.EndsWith(e, StringComparison.OrdinalIgnoreCase));

    /// <summary>The last part of a path.</summary>
    public static string FileName(string path) => path[(path.LastIndexOf('/') + 1)..];

    /// <summary>The file's name without the ending of an image. Other endings are part of the name: UIDs have dots.</summary>
    public static string Stem(string path)
    {
        string name = FileName(path);
        string? extension = Array.Find(s_extensions, e => name.EndsWith(e, StringComparison.OrdinalIgnoreCase));
        return extension is null ? name : name[..^extension.Length];
    }

    /// <summary>A path as this program writes it: with <c>/</c>, and without a leading <c>./</c>.</summary>
    public static string Normal(string path)
    {
        string normal = path.Replace('\\', '/');
        return normal.StartsWith("./", StringComparison.Ordinal) ? normal[2..] : normal;
    }

    /// <summary>
    /// A number without what spreadsheets and data frames do to it: leading zeros lost, <c>.0</c> added. Null: no number.
    /// </summary>
    public static string? Digits(string text)
    {
        string digits = text.EndsWith(".0", StringComparison.Ordinal) ? text[..^2] : text;
        return digits.Length > 0 && digits.All(char.IsAsciiDigit) ? digits.TrimStart('0') : null;
    }
}
