using System.Globalization;
using Radapt.Datasets;
using Radapt.Options;

namespace Radapt.Recipes;

/// <summary>The weight of positives in the loss: none, balanced, or a number per finding.</summary>
public sealed record PositiveWeight : IOptionValue<PositiveWeight>
{
    private readonly string _text;

    private PositiveWeight(string text, IReadOnlyList<float>? weights = null) => (_text, Weights) = (text, weights);

    /// <summary>Positives weigh as much as negatives.</summary>
    public static PositiveWeight None { get; } = new("none");

    /// <summary>Negatives of the training images / positives, per finding.</summary>
    public static PositiveWeight Balanced { get; } = new("balanced");

    static string IOptionValue<PositiveWeight>.Expected => "none, balanced or a positive number per finding, separated by commas";

    /// <summary>A number per finding; null for <see cref="None"/> and <see cref="Balanced"/>.</summary>
    public IReadOnlyList<float>? Weights { get; }

    static PositiveWeight? IOptionValue<PositiveWeight>.TryParse(string text)
    {
        if (text == None._text || text == Balanced._text)
        {
            return text == None._text ? None : Balanced;
        }

        float[] weights = [.. text.Split(',').Select(t =>
            float.TryParse(t, NumberStyles.Float, CultureInfo.InvariantCulture, out float weight) ? weight : float.NaN)];
        return weights.All(w => float.IsFinite(w) && w > 0) ? new PositiveWeight(text, weights) : null;
    }

    /// <summary>The weight of every finding; null where positives weigh as much as negatives.</summary>
    /// <exception cref="RadaptException">There is not a number for every finding.</exception>
    public IReadOnlyList<float>? For(LabelledImages train)
    {
        ArgumentNullException.ThrowIfNull(train);
        return this == None ? null
            : this == Balanced
            ? [.. train.CountLabels().Select(c => c.Positives == 0 ? 1 : c.Negatives / (float)c.Positives)]
            : Weights!.Count == train.Findings.Count ? Weights
            : throw new RadaptException(
                $"--pos-weight {_text}: takes none, balanced, or {train.Findings.Count} positive numbers, "
                    + "one per finding, separated by commas.");
    }

    /// <summary>As it is typed.</summary>
    public override string ToString() => _text;

    /// <inheritdoc/>
    public bool Equals(PositiveWeight? other) => other?._text == _text;

    /// <inheritdoc/>
    public override int GetHashCode() => _text.GetHashCode(StringComparison.Ordinal);
}
