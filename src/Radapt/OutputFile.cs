namespace Radapt;

/// <summary>Guards the files that a command is about to write: nothing is replaced unasked, and never what the command reads.</summary>
internal static class OutputFile
{
    private const int MostLinks = 40; // as Linux follows

    // What a folder is named for: a run, a label table, Hugging Face weights, a PEFT adapter.
    private static readonly string[] s_inFolders =
    [
        "recipe.yaml", "run.json", "metrics.jsonl", "adapter.safetensors", "weights.safetensors", "tokenizer.json", "predictions.csv",
            "split.csv", "labels.csv", ".radapt-key",
        "config.json", "model.safetensors", "pytorch_model.bin", "adapter_config.json", "adapter_model.safetensors",
            "adapter_model.bin", "radapt.json",
    ];

    /// <summary>Refuses a file that is there already, unless it may be replaced, and a folder that is not there.</summary>
    /// <param name="path">The file to write.</param>
    /// <param name="overwrite">It may be replaced.</param>
    /// <param name="option">The option that names it.</param>
    /// <exception cref="RadaptException">It is there, or cannot be.</exception>
    public static void RequireNew(string path, bool overwrite, string option = "-o")
    {
        string full = Path.GetFullPath(path);
        if (Directory.Exists(full))
        {
            throw new RadaptException($"{path}: is a folder. Give the name of a file with {option}.");
        }

        if (!overwrite && File.Exists(full))
        {
            throw new RadaptException($"{path}: already exists. Give another {option}, or --overwrite to replace it.");
        }

        if (!Directory.Exists(Path.GetDirectoryName(full)))
        {
            throw new RadaptException(
                $"{path}: cannot be written, since its folder does not exist. Make it first, or give another {option}.");
        }
    }

    /// <summary>Refuses a file that the same command reads, by whatever path or link it is named.</summary>
    /// <param name="path">The file to write.</param>
    /// <param name="option">The option that names it.</param>
    /// <param name="inputs">What the command reads: files, and folders that stand for the files in them; null: nothing.</param>
    /// <exception cref="RadaptException">It is one of them.</exception>
    public static void RequireNoInput(string path, string option, params IEnumerable<string?> inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        string real = RealPath(path, MostLinks);
        foreach (string input in inputs.OfType<string>().Where(Path.Exists))
        {
            string[] files = Directory.Exists(input) ? [.. s_inFolders.Select(f => Path.Combine(input, f)).Where(File.Exists)] : [input];
            if (files.Any(f => Same(RealPath(f, MostLinks), real)))
            {
                throw new RadaptException($"{path}: is an input of this command, and is never overwritten. Give another {option}.");
            }
        }
    }

    private static bool Same(string a, string b) =>
        string.Equals(a, b, OperatingSystem.IsLinux() ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase);

    // With every link followed, those to folders on the way too.
    private static string RealPath(string path, int links)
    {
        string full = Path.GetFullPath(path);
        if (links == 0 || Path.GetDirectoryName(full) is not { } parent)
        {
            return full;
        }

        string folder = RealPath(parent, links);
        string joined = Path.Combine(folder, Path.GetFileName(full));
        return new FileInfo(joined).LinkTarget is { } target ? RealPath(Path.Combine(folder, target), links - 1) : joined;
    }
}
