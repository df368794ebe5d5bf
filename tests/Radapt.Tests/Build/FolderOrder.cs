using ArchUnitNET.Domain;

namespace Radapt.Tests.Build;

/// <summary>
/// The order of the folders of an assembly: a folder may use those before it, never those after it; folders are namespaces.
/// </summary>
internal sealed class FolderOrder(string root, params string[] folders)
{
    /// <summary>References against the order, and folders that have no place in it; a line each, sorted.</summary>
    public IReadOnlyList<string> Violations(Architecture architecture) =>
    [
        .. architecture.Types.Where(IsOurs).SelectMany(Violations).Distinct().Order(StringComparer.Ordinal),
    ];

    private IEnumerable<string> Violations(IType type)
    {
        int place = Place(type);
        if (place == folders.Length)
        {
            return [$"{type.FullName}: its folder has no place in the order"];
        }

        return type.Dependencies.Select(d => d.Target).Where(target => IsOurs(target) && Place(target) > place)
            .Select(target => $"{type.FullName} uses {target.FullName}");
    }

    // The root stands before all folders; an unknown folder after them.
    private int Place(IType type)
    {
        string space = type.Namespace.FullName;
        if (space == root)
        {
            return -1;
        }

        int place = Array.IndexOf(folders, space[(root.Length + 1)..].Split('.')[0]);
        return place < 0 ? folders.Length : place;
    }

    private bool IsOurs(IType type)
    {
        string? space = type.Namespace?.FullName; // type parameters have none
        return space == root || space?.StartsWith(root + ".", StringComparison.Ordinal) == true;
    }
}
