using System.Text.Json;
using Radapt.Runs;

namespace Radapt.Studies.Work;

/// <summary>Why a cell failed; a file in the study's folder.</summary>
/// <param name="Reason">One line.</param>
/// <param name="When">When it failed.</param>
/// <param name="Where">The process.</param>
internal sealed record CellFailure(string Reason, DateTimeOffset When, ProcessOwner Where)
{
    /// <summary>What a failure tells people: the message of a problem with the input; of a fault only its kind, since it may name
    /// patients.</summary>
    public static CellFailure From(Exception error) => new(
        error is RadaptException ? error.Message : $"this is a bug in radapt itself, or memory ran out ({error.GetType().Name})",
        DateTimeOffset.UtcNow, ProcessOwner.This);

    /// <summary>Reads a failure; null: there is none.</summary>
    public static CellFailure? Read(string path)
    {
        try
        {
            return File.Exists(path) ? JsonSerializer.Deserialize<CellFailure>(File.ReadAllText(path), RunFolder.Json) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return new CellFailure($"the note of the failure cannot be read ({e.Message})", DateTimeOffset.UtcNow, ProcessOwner.This);
        }
    }

    /// <summary>Writes it.</summary>
    public void Write(string path) => AtomicFile.WriteText(path, JsonSerializer.Serialize(this, RunFolder.Json) + "\n");
}
