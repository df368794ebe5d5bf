namespace Radapt.Compute;

/// <summary>What random numbers are for. Each purpose has streams of its own, so that adding a draw to one never changes another.</summary>
internal enum RandomPurpose
{
    /// <summary>Initial values of new tensors; key: tensor.</summary>
    Initialisation = 1,

    /// <summary>Order of the training samples; key: epoch.</summary>
    Shuffle = 2,

    /// <summary>Crop, flip, noise; key: epoch, sample.</summary>
    Augmentation = 3,

    /// <summary>Dropout on an adapter's input; key: step, projection.</summary>
    Dropout = 4,

    /// <summary>Stochastic depth; key: step, block and branch.</summary>
    DropPath = 5,

    /// <summary>Masked patches and words of pre-training; key: step, sample.</summary>
    Masking = 6,

    /// <summary>Which samples a label fraction or a split keeps; key: patient.</summary>
    Selection = 7,

    /// <summary>Synthetic radiographs; key: image.</summary>
    Phantom = 8,

    /// <summary>Resampling for intervals; key: replicate.</summary>
    Bootstrap = 9,

    /// <summary>Exchanged scores of a permutation test; key: permutation.</summary>
    Permutation = 10,
}
