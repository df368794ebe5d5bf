namespace Radapt.Adaptation.Methods;

/// <summary>Nearest neighbours: no options to give, and what the fit stores.</summary>
public sealed record KnnOptions() : MethodOptions("knn")
{
    /// <summary>Training images whose features are stored; 0: the head is not fitted yet.</summary>
    internal int Images { get; init; }
}
