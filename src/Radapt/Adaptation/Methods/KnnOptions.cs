namespace Radapt.Adaptation.Methods;

/// <summary>Nearest neighbours: no options to give, and what the fit stores.</summary>
internal sealed record KnnOptions() : MethodOptions("knn")
{
    /// <summary>Training images whose features are stored; 0: the head is not fitted yet.</summary>
    public int Images { get; init; }
}
