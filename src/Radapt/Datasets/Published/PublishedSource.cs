namespace Radapt.Datasets.Published;

/// <summary>What <c>--data nih:DIR</c> names: a data set read as it is published, and where it is.</summary>
/// <param name="Text">As the user wrote it.</param>
/// <param name="Set">The data set.</param>
/// <param name="Folder">Its folder, which may not be there.</param>
internal sealed record PublishedSource(string Text, PublishedSet Set, string Folder)
{
    /// <summary>The data sets.</summary>
    public static IReadOnlyList<PublishedSet> Sets { get; } =
        [new NihChestXray14(), new CheXpert(), new RsnaPneumonia(), new CovidCollection()];

    /// <summary>The source that a text names; null where it has none of the prefixes.</summary>
    public static PublishedSource? Parse(string? data) => data is null ? null
        : Sets.Where(s => data.StartsWith(s.Prefix + ":", StringComparison.OrdinalIgnoreCase))
            .Select(s => new PublishedSource(data, s, data[(s.Prefix.Length + 1)..])).FirstOrDefault();

    /// <summary>The folder or file that <c>--data</c> names, without the prefix of a published data set.</summary>
    public static string PathOf(string data) => Parse(data)?.Folder ?? data;

    /// <summary>The data set that a folder looks like; null: none of them.</summary>
    public static PublishedSet? Recognise(string folder) => Sets.FirstOrDefault(s => s.IsIn(folder));

    /// <summary>Refuses a folder that does not hold the data set, saying what was expected and what is there.</summary>
    public void RequireFolder()
    {
        if (Folder.Length == 0 || !Directory.Exists(Folder))
        {
            throw new RadaptException(
                $"{Text}: {(Folder.Length == 0 ? "the folder is missing" : "there is no such folder")}; write {Set.Prefix}:DIR "
                    + $"with the folder of {Set.Title}.");
        }

        if (!Set.IsIn(Folder))
        {
            string[] found = [.. Directory.EnumerateFileSystemEntries(Folder).Select(e => Path.GetFileName(e))
                .Order(StringComparer.Ordinal)];
            string there = found.Length == 0 ? "the folder is empty"
                : $"found {Listing.First(5, found)}";
            string hint = Recognise(Folder) is { } other ? $"; this looks like {other.Title}: {other.Prefix}:{Folder}" : "";
            throw new RadaptException($"{Text} is not {Set.Title}: expected {Set.Expected}, {there}{hint}.");
        }
    }
}
