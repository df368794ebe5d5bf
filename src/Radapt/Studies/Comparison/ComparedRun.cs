using System.Globalization;
using Radapt.Runs;

namespace Radapt.Studies.Comparison;

/// <summary>One run of a comparison: a method, a label fraction and a seed.</summary>
/// <param name="Method">The row.</param>
/// <param name="Fraction">The column.</param>
/// <param name="Seed">The seed.</param>
/// <param name="Folder">Its run folder.</param>
internal sealed record ComparedRun(ComparedMethod Method, ComparedFraction Fraction, long Seed, string Folder)
{
    /// <summary>For people: <c>LoRA, MAE weights, 10 % of the labels, seed 1</c>.</summary>
    public string Title => string.Create(CultureInfo.InvariantCulture,
        $"{Method.Title}, {Fraction.Name} of the labels, seed {Seed}");

    /// <summary>Whether it has come to its end.</summary>
    public bool IsComplete => RunRecord.IsComplete(Folder);

    /// <summary>Labels and scores of the test images.</summary>
    /// <exception cref="RadaptException">They cannot be read.</exception>
    public LabelledScores ReadScores() => PredictionTable.Read(new RunFolder(Folder).PredictionsFile);
}
