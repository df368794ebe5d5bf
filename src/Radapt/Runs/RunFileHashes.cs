using System.Security.Cryptography;

namespace Radapt.Runs;

/// <summary>
/// The hashes of a complete run's files in its <c>run.json</c>, by which damage is found where another step relies on them.
/// </summary>
internal static class RunFileHashes
{
    /// <summary>SHA-256 by file name, of the files that the folder has.</summary>
    public static IReadOnlyDictionary<string, string> Compute(RunFolder folder) =>
        new OrderedDictionary<string, string>(
            new[] { folder.RecipeFile, folder.AdapterFile, folder.PredictionsFile, folder.SplitFile,
                folder.SeenFile, folder.UnreadableFile, folder.WeightsFile, folder.VocabularyFile, folder.DecisionsFile }.Where(File.Exists)
            .Select(f => KeyValuePair.Create(Path.GetFileName(f), Compute(f))));

    /// <summary>Makes sure that files are there, and as the run wrote them where its <c>run.json</c> says how.</summary>
    /// <param name="run">The run.</param>
    /// <param name="files">The files, in the run's folder.</param>
    /// <exception cref="RadaptException">One is missing or was changed.</exception>
    public static void Require(RunRecord run, params IEnumerable<string> files)
    {
        foreach (string file in files)
        {
            if (!File.Exists(file))
            {
                throw new RadaptException($"{file}: is missing.");
            }

            if (run.Files?.GetValueOrDefault(Path.GetFileName(file)) is { } hash && hash != Compute(file))
            {
                throw new RadaptException($"{file}: differs from what the run wrote: it was changed or is damaged.");
            }
        }
    }

    /// <summary>SHA-256 of a file, in lower case.</summary>
    /// <exception cref="RadaptException">It cannot be read.</exception>
    public static string Compute(string file)
    {
        try
        {
            using FileStream stream = File.OpenRead(file);
            return Convert.ToHexStringLower(SHA256.HashData(stream));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RadaptException($"{file}: cannot be read ({e.Message}).", e);
        }
    }
}
