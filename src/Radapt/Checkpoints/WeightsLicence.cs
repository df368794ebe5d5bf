using System.Text.RegularExpressions;

namespace Radapt.Checkpoints;

/// <summary>
/// Under which licence weights are published, as far as their file or their folder says it; a guess would be worse than nothing.
/// </summary>
internal static partial class WeightsLicence
{
    private const int Longest = 200, FrontMatter = 4096;

    /// <summary>The metadata <c>license</c> of the file, else that of a Hugging Face folder's README.md; null where neither says.</summary>
    public static string? Find(CheckpointFile file)
    {
        string? said = file.Metadata.GetValueOrDefault("license") ?? file.Metadata.GetValueOrDefault("licence") ?? FromReadme(file.Path);
        return string.IsNullOrWhiteSpace(said) ? null : said.Trim()[..Math.Min(Longest, said.Trim().Length)];
    }

    private static string? FromReadme(string file)
    {
        string readme = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(file)) ?? "", "README.md");
        try
        {
            if (!RegularFile.Exists(readme))
            {
                return null;
            }

            using var reader = new StreamReader(readme);
            char[] start = new char[FrontMatter];
            var text = new string(start, 0, reader.ReadBlock(start));
            Match front = Front().Match(text);
            return front.Success && Licence().Match(front.Value) is { Success: true } licence
                ? licence.Groups["name"].Value.Trim('"', '\'', ' ', '\r') : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    // What is between two lines of dashes at the very start: YAML for programs.
    [GeneratedRegex(@"\A---\r?\n.*?\n---", RegexOptions.Singleline)]
    private static partial Regex Front();

    [GeneratedRegex(@"^license:[ \t]*(?<name>[^\n#]+)", RegexOptions.Multiline)]
    private static partial Regex Licence();
}
