namespace Radapt.Training;

/// <summary>The file that keeps the tensors of the best epoch.</summary>
internal interface IBestTensors
{
    /// <summary>Saves the trained tensors as they are now.</summary>
    /// <param name="epoch">The epoch that they are of, from 1.</param>
    /// <exception cref="RadaptException">The file cannot be written.</exception>
    void Save(int epoch);

    /// <summary>Makes sure that the file is there and belongs to this run.</summary>
    /// <exception cref="RadaptException">The file is missing, damaged or that of another run.</exception>
    void Require();
}
