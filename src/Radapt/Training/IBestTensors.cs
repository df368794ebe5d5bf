namespace Radapt.Training;

/// <summary>The file that keeps the tensors of the best epoch.</summary>
internal interface IBestTensors
{
    /// <summary>Saves the trained tensors as they are now.</summary>
    /// <exception cref="RadaptException">The file cannot be written.</exception>
    void Save();

    /// <summary>Makes sure that the file is there and belongs to this run.</summary>
    /// <exception cref="RadaptException">The file is missing, damaged or that of another run.</exception>
    void Require();
}
