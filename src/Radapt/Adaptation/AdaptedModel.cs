using Radapt.Adaptation.Files;
using Radapt.Compute;

namespace Radapt.Adaptation;

/// <summary>A saved adapter on its base weights: attached, not merged. Owns the model's memory.</summary>
internal sealed class AdaptedModel : IDisposable
{
    private AdaptedModel(AdapterDescription description, Classifier classifier, string? otherBase) =>
        (Description, Classifier, OtherBase) = (description, classifier, otherBase);

    /// <summary>What the adapter file says about itself.</summary>
    public AdapterDescription Description { get; }

    /// <summary>Base weights, adapter and head.</summary>
    public Classifier Classifier { get; }

    /// <summary>A line that says so where other base weights than those of training were forced, else null.</summary>
    public string? OtherBase { get; }

    /// <summary>Opens a run folder or an adapter file.</summary>
    /// <param name="runOrAdapter">Run folder or <c>adapter.safetensors</c>.</param>
    /// <param name="weights">Where the base weights are now; null: where they were in training.</param>
    /// <param name="plan">Precision, device, threads.</param>
    /// <param name="force">Take base weights that are not those of training too, where they fit.</param>
    /// <exception cref="RadaptException">A file is missing or damaged, or the base weights are not the adapter's.</exception>
    public static AdaptedModel Open(string runOrAdapter, string? weights, ComputePlan plan, bool force = false)
    {
        ProcessTuning.BeforeTensors();
        AdapterDescription adapter = AdapterFile.Describe(runOrAdapter);
        AdapterFile.EnsureFits(runOrAdapter, adapter); // before memory is taken for a model that a damaged file may describe
        var classifier = new Classifier(adapter.Backbone, adapter.Findings.Count, adapter.Pooling, dropPath: 0, plan);
        try
        {
            string? other = adapter.Method.Definition.HoldsWholeModel ? null
                : BackboneWeights.LoadBase(adapter, weights, classifier.Encoder, force);
            AdaptationMethod.Apply(classifier, adapter.Method, plan, adapter.Seed);
            AdapterFile.Load(runOrAdapter, [.. classifier.Trained()]);
            return new AdaptedModel(adapter, classifier, other);
        }
        catch
        {
            classifier.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Classifier.Dispose();
}
