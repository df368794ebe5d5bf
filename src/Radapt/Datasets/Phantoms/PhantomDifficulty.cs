namespace Radapt.Datasets.Phantoms;

/// <summary>How large findings are, and how much everything else varies.</summary>
public enum PhantomDifficulty
{
    /// <summary>
    /// <c>easy</c>: large, dense findings; little difference in position and exposure. A few hundred images teach a small network.
    /// </summary>
    Easy,

    /// <summary><c>normal</c>: findings from barely visible to large, and images as unlike each other as those of a department.</summary>
    Normal,
}
