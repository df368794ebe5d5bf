using System.Text.Json;
using System.Text.Json.Nodes;

namespace Radapt.Training;

/// <summary>Reads what runs leave in their folders.</summary>
public static class RunFile
{
    /// <summary>The content of <c>run.json</c>: versions, machine, data fingerprint, figures.</summary>
    /// <param name="folder">The run folder.</param>
    /// <returns>Null where the folder has none.</returns>
    /// <exception cref="RadaptException">It is damaged or cannot be read.</exception>
    public static JsonObject? Read(string folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        string file = new RunFolder(folder).Run;
        try
        {
            return File.Exists(file) ? JsonNode.Parse(File.ReadAllText(file))?.AsObject() : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or InvalidOperationException)
        {
            throw new RadaptException($"{file}: cannot be read ({e.Message}). Take the run folder from its backup.", e);
        }
    }

    /// <summary>Whether the run in this folder went to its end, so that nothing is left to resume.</summary>
    /// <exception cref="RadaptException"><c>run.json</c> is damaged or cannot be read.</exception>
    public static bool IsComplete(string folder) => Read(folder)?["status"]?.ToString() == "complete";
}
