namespace Radapt.Hosting;

/// <summary>The models of an application, and what they may take of the machine. Can be bound to a section of its configuration.</summary>
public sealed class RadaptOptions
{
    /// <summary>Run folders or adapter files, by the names that requests use.</summary>
    public IDictionary<string, string> Models { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Where the base weights are now; null: where they were in training.</summary>
    public string? Weights { get; set; }

    /// <summary>Most images of one forward pass; at least 1.</summary>
    public int BatchSize { get; set; } = 16;

    /// <summary>How long the first request of a batch waits for others.</summary>
    public TimeSpan BatchWindow { get; set; }

    /// <summary>Images that are in a model at once; further requests wait. At least 1.</summary>
    public int QueueLimit { get; set; } = 64;

    /// <summary>Images that are decoded at once; at least 1.</summary>
    public int DecodingThreads { get; set; } = Environment.ProcessorCount;
}
