namespace Radapt.Checkpoints;

/// <summary>
/// Weights that are part of the library, named by a word where a path is expected: <c>--weights phantom-tiny</c>. A file or folder of that
/// name in the working folder comes first.
/// </summary>
internal static class ShippedWeights
{
    /// <summary>A small transformer, pre-trained on synthetic radiographs; <see cref="Pretraining.PhantomBackbone"/> makes it.</summary>
    public const string PhantomTiny = "phantom-tiny";

    private const string Folder = "weights/";

    /// <summary>The words.</summary>
    public static IReadOnlyList<string> Names { get; } = [PhantomTiny];

    /// <summary>Whether a path means weights that are part of the library.</summary>
    public static bool IsNamed(string path) => Names.Contains(path) && !Path.Exists(path);

    /// <summary>Whether a path means a file or folder, or weights that are part of the library.</summary>
    public static bool Exists(string path) => Path.Exists(path) || Names.Contains(path);

    /// <summary>The path in full, so that it is understood from everywhere; a word stays a word.</summary>
    public static string FullPath(string path, string folder) =>
        Names.Contains(path) && !Path.Exists(Path.Combine(folder, path)) ? path : Path.GetFullPath(path, folder);

    /// <summary>
    /// A line to show: what these weights are, or that a file or folder of their name is used instead; null: other weights.
    /// </summary>
    public static string? Note(string path) =>
        IsNamed(path)
            ? $"{path} learned from synthetic images only: better to start from than random weights, worse than any published weights "
            + "that learned from radiographs (radapt weights)."
        : Path.Exists(path) && Names.Contains(Path.GetFileName(Path.TrimEndingDirectorySeparator(path)))
        ? $"{path} is used, not the weights of that name that are part of Radapt; rename it to use those." : null;

    /// <summary>The file's content.</summary>
    public static byte[] Read(string name)
    {
        using Stream stream = typeof(ShippedWeights).Assembly.GetManifestResourceStream($"{Folder}{name}.safetensors")!;
        byte[] content = new byte[stream.Length];
        stream.ReadExactly(content);
        return content;
    }
}
