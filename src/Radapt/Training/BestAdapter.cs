using Radapt.Adaptation;
using Radapt.Adaptation.Files;

namespace Radapt.Training;

/// <summary>Keeps the best epoch as an adapter file.</summary>
/// <param name="classifier">What is trained.</param>
/// <param name="file">The adapter file.</param>
/// <param name="description">What the file says of itself.</param>
internal sealed class BestAdapter(Classifier classifier, string file, AdapterDescription description) : IBestTensors
{
    /// <inheritdoc/>
    public void Save(int epoch) => AdapterFile.Save(file, description, classifier.Trained());

    /// <inheritdoc/>
    public void Require()
    {
        if (AdapterFile.RequireSound(file).BaseSha256 != description.BaseSha256)
        {
            throw new RadaptException($"{file}: this adapter belongs to other base weights.");
        }
    }
}
