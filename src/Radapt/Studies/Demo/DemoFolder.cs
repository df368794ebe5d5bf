using System.Text.Json;
using System.Text.Json.Nodes;
using Radapt.Runs;

namespace Radapt.Studies.Demo;

/// <summary>The files of a demo.</summary>
/// <param name="path">The folder.</param>
internal sealed class DemoFolder(string path)
{
    // Raised when images, recipe or seeds change: runs of another version do not belong into the same table.
    private const int Version = 2;

    private static readonly JsonSerializerOptions s_json = new() { WriteIndented = true };

    /// <summary>The folder.</summary>
    public string Path { get; } = System.IO.Path.GetFullPath(path);

    /// <summary>Images that are pre-trained on.</summary>
    public string Unlabelled => In("phantoms/unlabelled");

    /// <summary>Labelled images: data for <c>--data</c>.</summary>
    public string Labelled => In("phantoms/labelled");

    /// <summary>The run of pre-training: weights for <c>--weights</c>.</summary>
    public string Pretraining => In("mae");

    /// <summary>The runs of the comparison.</summary>
    public string Runs => In("runs");

    /// <summary>The page.</summary>
    public string Page => In("demo.html");

    /// <summary>The figures of the page, for programs.</summary>
    public string Results => In("demo.json");

    private string Mark => In(".radapt-demo");

    /// <summary>Makes the folder this demo's, or goes on in it.</summary>
    /// <param name="size">What the demo does.</param>
    /// <exception cref="RadaptException">The folder holds something else, or cannot be made.</exception>
    public void Begin(DemoSize size)
    {
        string wanted = $"demo {Version}{(size.IsQuick ? " quick" : "")}\n";
        if (File.Exists(Mark))
        {
            if (File.ReadAllText(Mark) is var there && there != wanted)
            {
                throw new RadaptException(there.Contains("quick", StringComparison.Ordinal) == size.IsQuick
                    ? $"{Path}: holds a demo of another version of Radapt. Choose another --out."
                    : $"{Path}: holds a demo {(size.IsQuick ? "without --quick; leave it out" : "with --quick; give it")} "
                        + "to go on with it, or "
                        + "choose another --out.");
            }

            return;
        }

        if (File.Exists(Path) || (Directory.Exists(Path) && Directory.EnumerateFileSystemEntries(Path).Any()))
        {
            throw new RadaptException($"{Path}: holds other files. Choose a new or empty folder as --out.");
        }

        try
        {
            Directory.CreateDirectory(Path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RadaptException($"{Path}: the folder cannot be made ({e.Message}). Choose another --out.", e);
        }

        AtomicFile.WriteText(Mark, wanted);
    }

    /// <summary>Writes the figures.</summary>
    public void Write(JsonObject results) => AtomicFile.WriteText(Results, results.ToJsonString(s_json) + "\n");

    /// <summary>The epochs of a run.</summary>
    /// <exception cref="RadaptException">They cannot be read.</exception>
    public static IReadOnlyList<EpochResult> ReadEpochs(string run)
    {
        try
        {
            return new RunFolder(run).ReadMetrics();
        }
        catch (RadaptException e)
        {
            throw new RadaptException($"{e.Message} Or remove {run} and start the demo again with the same --out.", e);
        }
    }

    private string In(string name) => System.IO.Path.Combine(Path, name);
}
