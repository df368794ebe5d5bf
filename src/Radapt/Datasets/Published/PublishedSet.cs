namespace Radapt.Datasets.Published;

/// <summary>A data set that is read as published; one file each.</summary>
internal abstract class PublishedSet
{
    /// <summary>What is before the colon of <c>--data</c>.</summary>
    public abstract string Prefix { get; }

    /// <summary>Its name in messages.</summary>
    public abstract string Title { get; }

    /// <summary>The findings that can be asked for.</summary>
    public abstract IReadOnlyList<string> Findings { get; }

    /// <summary>The findings where none are asked for, in this order, and why these.</summary>
    public abstract (IReadOnlyList<string> Names, string Reason) Standard { get; }

    /// <summary>The files that tell it, in words.</summary>
    public abstract string Expected { get; }

    /// <summary>Whether a folder that exists holds it.</summary>
    public abstract bool IsIn(string folder);

    /// <summary>Reads its parts; labels are in the order of the request's findings.</summary>
    /// <exception cref="RadaptException">A file is missing or malformed, or does not hold what is asked for.</exception>
    public abstract PublishedParts Read(PublishedRequest request);
}
