namespace Radapt.Checkpoints;

/// <summary>
/// The work that opening one file may cost. Counting objects is not enough: a file of a kilobyte can hold one list of a million items and
/// refer to it a hundred thousand times. Every item that is looked at counts, each time.
/// </summary>
internal sealed class ReadingBudget(FileBytes file)
{
    // A state dict of a thousand tensors with its optimizer needs about a hundred thousand; this much is a second's work.
    private const long Most = 5_000_000;

    private long _spent;

    /// <exception cref="RadaptException">The file costs more than any checkpoint does.</exception>
    public void Spend(long items)
    {
        _spent += items;
        if (_spent > Most)
        {
            throw file.Damaged($"its containers refer to each other so often that reading them would take more than {Most} steps");
        }
    }
}
