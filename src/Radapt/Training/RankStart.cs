using Radapt.Datasets;
using Radapt.Distribution;

namespace Radapt.Training;

/// <summary>
/// What rank 0 tells the others before they train together: they read the recipe's images and weights themselves, but not the run folder.
/// </summary>
/// <param name="Data">Fingerprint of the data.</param>
/// <param name="BaseWeights">Hash of the base weights.</param>
/// <param name="LeftOut">Images that are not used, as <see cref="Name"/> has them.</param>
/// <param name="State">The position of the run, as JSON.</param>
internal sealed record RankStart(string Data, string BaseWeights, IReadOnlyList<string> LeftOut, string State)
{
    /// <summary>Tells the other ranks; called by rank 0.</summary>
    /// <param name="group">The ranks.</param>
    /// <param name="state">The position of the run.</param>
    /// <param name="leftOut">Images that are not used.</param>
    /// <param name="replicas">What all ranks begin with.</param>
    /// <exception cref="RadaptException">A rank has other images or weights.</exception>
    public static void Tell(IProcessGroup group, TrainerState state, IEnumerable<UnreadableRow> leftOut, Replicas replicas)
    {
        group.ShareRecord(new RankStart(
            state.Identity.Data, state.Identity.BaseWeights, [.. leftOut.Select(r => Name(r.Part, r.Image.Path))], state.ToJson()));
        group.Together(() => { });
        replicas.Send();
    }

    /// <summary>The name of an image of a part.</summary>
    public static string Name(string part, string path) => $"{part}\n{path}";

    /// <summary>Refuses images or weights that are not those of rank 0.</summary>
    /// <param name="data">Fingerprint of the data of this rank.</param>
    /// <param name="baseWeights">Hash of its base weights.</param>
    /// <exception cref="RadaptException">They differ.</exception>
    public void RequireSame(string data, string baseWeights)
    {
        string? other = data != Data ? "images or labels" : baseWeights != BaseWeights ? "base weights" : null;
        if (other is not null)
        {
            throw new RadaptException($"the {other} of this rank are not those of rank 0. All hosts need the same files under the same "
                + "paths, such as on a shared disk.");
        }
    }
}
