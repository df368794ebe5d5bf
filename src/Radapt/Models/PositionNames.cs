namespace Radapt.Models;

/// <summary>What <see cref="PatchPositions"/> are called in options and files.</summary>
internal static class PositionNames
{
    private static readonly (PatchPositions Positions, string Name)[] s_names =
    [
        (PatchPositions.Learned, "learned"), (PatchPositions.Rotary, "rotary"), (PatchPositions.LearnedAndRotary, "learned-rotary"),
    ];

    /// <summary>All names.</summary>
    public static IReadOnlyList<string> All { get; } = [.. s_names.Select(n => n.Name)];

    /// <summary>The name of a kind.</summary>
    public static string NameOf(PatchPositions positions) => s_names.First(n => n.Positions == positions).Name;

    /// <summary>The kind of a name; null where there is none.</summary>
    public static PatchPositions? Find(string name) => s_names.Where(n => n.Name == name).Select(n => (PatchPositions?)n.Positions)
        .FirstOrDefault();
}
