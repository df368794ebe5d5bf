using static TorchSharp.torch;

namespace Radapt.Adaptation;

/// <summary>
/// What a method does in the training loop besides having gradients. Its state is saved and restored by name, so that resume loses nothing.
/// </summary>
internal interface ITrainingSchedule
{
    /// <summary>What is added to the loss: a scalar with a graph.</summary>
    Tensor Penalty();

    /// <summary>Called with all gradients of an update in place.</summary>
    /// <param name="update">Updates done, from 0.</param>
    /// <param name="updates">Updates of the whole training.</param>
    void BeforeUpdate(long update, long updates);

    /// <summary>Called after the same update.</summary>
    /// <param name="update">As in <see cref="BeforeUpdate"/>.</param>
    /// <param name="updates">Updates of the whole training.</param>
    void AfterUpdate(long update, long updates);

    /// <summary>What it remembers from update to update.</summary>
    IEnumerable<(string Name, Tensor Tensor)> State();
}
