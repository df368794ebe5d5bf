using System.Reflection;
using Radapt.Recipes;

namespace Radapt.Studies.Design;

/// <summary>A study file: a path, or a study that comes with Radapt.</summary>
/// <param name="Name">Names its default folder.</param>
/// <param name="Folder">What it refers to recipes from.</param>
/// <param name="Content">Its bytes.</param>
internal sealed record StudyFile(string Name, string Folder, byte[] Content)
{
    /// <summary>The file in the folder of a study.</summary>
    public const string FileName = "study.yaml";

    private const string Resources = "studies/"; // of the embedded ones
    private const string Extension = ".yaml";
    private static readonly Assembly s_assembly = typeof(StudyFile).Assembly;

    /// <summary>Names of the studies that come with Radapt.</summary>
    public static IReadOnlyList<string> BuiltIn { get; } =
    [
        .. s_assembly.GetManifestResourceNames().Where(n => n.StartsWith(Resources, StringComparison.Ordinal))
            .Select(n => n[Resources.Length..^Extension.Length]).Order(StringComparer.Ordinal),
    ];

    /// <summary>Reads the file of this path or, where there is none, the study of this name that comes with Radapt.</summary>
    /// <exception cref="RadaptException">There is neither, or it cannot be read.</exception>
    public static StudyFile Open(string pathOrName)
    {
        ArgumentException.ThrowIfNullOrEmpty(pathOrName);
        string name = Path.GetFileNameWithoutExtension(pathOrName);
        if (File.Exists(pathOrName))
        {
            return new StudyFile(name, Path.GetDirectoryName(Path.GetFullPath(pathOrName))!, ReadFile(pathOrName));
        }

        using Stream? resource = s_assembly.GetManifestResourceStream(Resources + name + Extension);
        if (resource is null || Path.GetFileName(pathOrName) != pathOrName)
        {
            throw new RadaptException(
                $"There is no study file or study folder {pathOrName}, and no built-in study of that name; built in are {string.Join(", ", BuiltIn)}.");
        }

        return new StudyFile(name, Environment.CurrentDirectory, ReadAll(resource));
    }

    /// <summary>The study.</summary>
    /// <exception cref="RadaptException">It is wrong; the message names file and line.</exception>
    public StudyDesign Read() => StudyReader.Read(new MemoryStream(Content), Name + Extension);

    private static byte[] ReadFile(string path)
    {
        try
        {
            using FileStream file = RegularFile.OpenRead(path);
            return ReadAll(file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new RadaptException($"The study {path} cannot be read: {error.Message}", error);
        }
    }

    // No more than shows that a file is too large.
    private static byte[] ReadAll(Stream stream)
    {
        byte[] content = new byte[StrictYaml.MostBytes + 1];
        return content[..stream.ReadAtLeast(content, content.Length, throwOnEndOfStream: false)];
    }
}
