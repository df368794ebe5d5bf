namespace Radapt.Datasets.Splits;

/// <summary>
/// Parts of a set of images that hold the first so many positives and the first so many negatives of every finding, in one random order of
/// whole patients. Every part is within the larger ones. The order depends on the seed and the patients' names alone.
/// </summary>
internal sealed class BalancedParts
{
    private readonly LabelledImages _images;
    private readonly (LabelGroup Group, int Each)[] _groups; // by the smallest number for every finding that takes them in
    private readonly int[] _numbers; // those of the groups, ascending
    private readonly int[] _sizes; // images of the part with that number

    /// <param name="images">The set.</param>
    /// <param name="seed">Of the order.</param>
    public BalancedParts(LabelledImages images, long seed)
    {
        _images = images;
        _groups = [.. LabelFractions.InOrder(images, seed).Where(g => g.Each < int.MaxValue).OrderBy(g => g.Each)]; // a stable sort
        _numbers = [.. _groups.Select(g => g.Each).Distinct()];
        _sizes = new int[_numbers.Length];
        int size = 0;
        for (int n = 0, g = 0; n < _numbers.Length; n++)
        {
            for (; g < _groups.Length && _groups[g].Each == _numbers[n]; g++)
            {
                size += _groups[g].Group.Rows.Length;
            }

            _sizes[n] = size;
        }
    }

    /// <summary>Images of the smallest part: one positive and one negative of every finding that has them.</summary>
    public int Fewest => _sizes.Length == 0 ? 0 : _sizes[0];

    /// <summary>The largest part of at most so many images, in the order of the set.</summary>
    /// <param name="images">At least <see cref="Fewest"/>.</param>
    public LabelledImages AtMost(int images)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(images, Fewest);
        return Part(Array.FindLastIndex(_sizes, s => s <= images));
    }

    /// <summary>The smallest part that is enough, in the order of the set; null: none is.</summary>
    /// <param name="isEnough">Holds for every part that is larger than one it holds for.</param>
    public LabelledImages? Smallest(Func<LabelledImages, bool> isEnough)
    {
        (int low, int high) = (0, _numbers.Length);
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = isEnough(Part(middle)) ? (low, middle) : (middle + 1, high);
        }

        return low < _numbers.Length ? Part(low) : null;
    }

    private LabelledImages Part(int number)
    {
        int[] rows = [.. _groups.TakeWhile(g => g.Each <= _numbers[number]).SelectMany(g => g.Group.Rows).Order()];
        return _images with { Items = [.. rows.Select(r => _images.Items[r])] };
    }
}
