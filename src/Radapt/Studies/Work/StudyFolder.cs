using System.Collections.Concurrent;
using System.Text.Json;
using Radapt.Compute;
using Radapt.Recipes;
using Radapt.Runs;
using Radapt.Studies.Design;

namespace Radapt.Studies.Work;

/// <summary>
/// The folder of a study: its file, what each cell was given, a run folder for each cell, and who works on which. Any number of processes
/// use it at the same time.
/// </summary>
/// <param name="path">The folder.</param>
internal sealed class StudyFolder(string path)
{
    private const string CellsName = "cells", FailedName = "failed";

    private readonly ConcurrentDictionary<string, ProductChoice> _probed = new();

    /// <summary>The folder.</summary>
    public string Path { get; } = System.IO.Path.GetFullPath(path);

    /// <summary>The study as its file says.</summary>
    public string File => In(StudyFile.FileName);

    /// <summary>Who works on which cell.</summary>
    public string Claims => In("claims");

    private string Recipes => In(CellsName);

    private string RootsFile => In("roots.json");

    /// <summary>Whether a folder is that of a study.</summary>
    public static bool IsStudy(string folder) => System.IO.File.Exists(System.IO.Path.Combine(folder, StudyFile.FileName));

    /// <summary>The run folder of a cell.</summary>
    public string RunOf(string cell) => System.IO.Path.Combine(In("runs"), cell);

    /// <summary>Where the failure of a cell is noted.</summary>
    public string FailureOf(string cell) => System.IO.Path.Combine(In(FailedName), cell + ".json");

    /// <summary>How far a cell is.</summary>
    /// <exception cref="RadaptException">The record of its run is damaged.</exception>
    public CellState StateOf(StudyCell cell) =>
        IsComplete(cell) ? CellState.Complete
        : System.IO.File.Exists(FailureOf(cell.Name)) ? CellState.Failed
        : Directory.Exists(RunOf(cell.Name)) ? CellState.Begun : CellState.New;

    /// <summary>Whether a cell's run went to its end.</summary>
    public bool IsComplete(StudyCell cell) => RunRecord.IsComplete(RunOf(cell.Name));

    /// <summary>
    /// Makes the folder the study's, or joins it. Cells that were begun must be as they are in the study now; new ones may have come.
    /// </summary>
    /// <param name="study">The study file.</param>
    /// <param name="roots">Where its data and weights are; kept for those who give only the folder.</param>
    /// <param name="cells">Its cells.</param>
    /// <exception cref="RadaptException">The folder holds something else, cannot be written, or has a cell that was begun with other
    /// options.</exception>
    public void Begin(StudyFile study, StudyRoots roots, IReadOnlyList<StudyCell> cells)
    {
        if (!IsStudy(Path) && (System.IO.File.Exists(Path) || HoldsOthers()) && !IsStudy(Path)) // another process may have just begun it
        {
            throw new RadaptException($"{Path}: holds other files. Choose a new or empty folder with -o.");
        }

        RequireSameCells(cells);
        MakeFolder();
        if (!IsStudy(Path) || !System.IO.File.ReadAllBytes(File).AsSpan().SequenceEqual(study.Content))
        {
            AtomicFile.Write(File, file => file.Write(study.Content));
        }

        AtomicFile.WriteText(RootsFile, JsonSerializer.Serialize(roots, RunFolder.Json) + "\n");
    }

    // What there is while another process makes the folder, or was killed as it did, does not count.
    private bool HoldsOthers() => Directory.Exists(Path) && Directory.EnumerateFileSystemEntries(Path).Select(System.IO.Path.GetFileName)
        .Any(n => n is not (CellsName or FailedName) && !AtomicFile.IsTemporaryNameOf(n!, StudyFile.FileName));

    /// <summary>Makes the folder, where there is no study file.</summary>
    /// <exception cref="RadaptException">It cannot be made.</exception>
    public void MakeFolder()
    {
        try
        {
            Directory.CreateDirectory(Recipes);
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(FailureOf("x"))!);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RadaptException($"{Path}: the folder cannot be made ({e.Message}). Choose another one with -o.", e);
        }
    }

    /// <summary>Where data and weights were when a session last began; null: unknown.</summary>
    public StudyRoots? ReadRoots()
    {
        try
        {
            return System.IO.File.Exists(RootsFile)
                ? JsonSerializer.Deserialize<StudyRoots>(System.IO.File.ReadAllText(RootsFile), RunFolder.Json) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null; // they are asked for
        }
    }

    /// <summary>Notes what a cell is given, before its run begins.</summary>
    public void Note(StudyCell cell) => AtomicFile.WriteText(RecipeOf(cell.Name),
        RecipeWriter.WriteGiven(cell.Given, $"What cell {cell.Name} of the study was given; radapt finetune --recipe takes it, too."));

    /// <summary>Refuses a study whose cells are not those that were begun here.</summary>
    /// <exception cref="RadaptException">One differs; the message names it and the option.</exception>
    public void RequireSameCells(IReadOnlyList<StudyCell> cells)
    {
        foreach (StudyCell cell in cells.Where(c => System.IO.File.Exists(RecipeOf(c.Name)) && Directory.Exists(RunOf(c.Name))))
        {
            Dictionary<string, string> then = StudyCell.IdentityOf(RecipeFile.Read(RecipeOf(cell.Name)).Entries)
                .ToDictionary(e => e.Option.Name, e => e.Text);
            Dictionary<string, string> now = cell.Identity.ToDictionary(e => e.Option.Name, e => e.Text);
            if (then.Keys.Union(now.Keys).FirstOrDefault(k => then.GetValueOrDefault(k) != now.GetValueOrDefault(k)) is { } option)
            {
                throw new RadaptException($"{cell.Name}: its run began with {Said(option, then)}; the study now says "
                    + $"{Said(option, now)}. Restore the study, remove {RunOf(cell.Name)} to train the cell anew, or choose another folder with -o.");
            }
        }
    }

    /// <summary>
    /// Precision and products of all cells that leave them open: what a probe found on the machine that came first. A probe might choose
    /// others on the next day or the next machine.
    /// </summary>
    /// <param name="precision">What is asked for, such as <c>auto</c>.</param>
    public ProductChoice Products(string precision)
    {
        if (!Directory.Exists(Path)) // a study that is planned only
        {
            return _probed.GetOrAdd(precision, ProductProbe.Choose);
        }

        string file = In($"compute-{precision}.json");
        try
        {
            if (!System.IO.File.Exists(file))
            {
                WriteFirst(file, JsonSerializer.Serialize(ProductProbe.Choose(precision), RunFolder.Json) + "\n");
            }

            return JsonSerializer.Deserialize<ProductChoice>(System.IO.File.ReadAllText(file), RunFolder.Json)
                ?? throw new JsonException("it is empty");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new RadaptException($"{file}: cannot be read ({e.Message}). Remove it and run the study again.", e);
        }
    }

    // Another process may write the file at the same time: the first one counts.
    private static void WriteFirst(string file, string text)
    {
        string own = $"{file}.{ProcessOwner.This.Host}-{Environment.ProcessId}";
        AtomicFile.WriteText(own, text);
        try
        {
            System.IO.File.Move(own, file, overwrite: false);
        }
        catch (IOException) when (System.IO.File.Exists(file))
        {
            System.IO.File.Delete(own);
        }
    }

    private static string Said(string option, Dictionary<string, string> given) =>
        given.TryGetValue(option, out string? value) ? $"{option} {value}" : $"no {option}";

    private string RecipeOf(string cell) => System.IO.Path.Combine(Recipes, cell + ".yaml");

    private string In(string name) => System.IO.Path.Combine(Path, name);
}
