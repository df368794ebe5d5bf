using System.Text.Json;
using Radapt.Runs;

namespace Radapt.Studies.Launching;

/// <summary>An array that was submitted for cells of a study; a file in the study's folder.</summary>
/// <param name="Job">The number of the job.</param>
/// <param name="Cells">Names of cells, in the order of the tasks.</param>
internal sealed record SubmittedArray(string Job, IReadOnlyList<string> Cells)
{
    private const string FileName = "job.json";

    /// <summary>Those of a study, the oldest first.</summary>
    /// <param name="folder">The folder of all arrays.</param>
    public static IReadOnlyList<SubmittedArray> ReadAll(string folder) => !Directory.Exists(folder) ? [] :
    [
        .. Directory.EnumerateDirectories(folder).Order(StringComparer.Ordinal).Select(d => Path.Combine(d, FileName))
            .Where(File.Exists).Select(Read).OfType<SubmittedArray>(),
    ];

    /// <summary>Writes it.</summary>
    /// <param name="folder">The folder of this array.</param>
    public void Write(string folder) =>
        AtomicFile.WriteText(Path.Combine(folder, FileName), JsonSerializer.Serialize(this, RunFolder.Json) + "\n");

    // An array whose file is damaged is not known: its cells are claimed by its tasks, so nothing is done twice.
    private static SubmittedArray? Read(string file)
    {
        try
        {
            return JsonSerializer.Deserialize<SubmittedArray>(File.ReadAllText(file), RunFolder.Json);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }
}
