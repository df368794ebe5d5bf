using Radapt.Datasets;
using Radapt.Datasets.Published;

namespace Radapt.Tests.Datasets.Published;

/// <summary>What the tests of published data sets share.</summary>
internal static class PublishedTesting
{
    /// <summary>Reads all splits, as far as nothing depends on image files.</summary>
    public static (DataParts Parts, List<string> Notes) Read(string data, DataOptions? o = null)
    {
        var notes = new List<string>();
        return (PublishedData.Read(PublishedSource.Parse(data)!, o ?? new DataOptions(), ["train", "val", "test"], notes), notes);
    }

    /// <summary>The choice made for an option.</summary>
    public static object Choice(this DataParts parts, string option) => parts.Choices.Single(c => c.Option == option).Value;

    /// <summary>Rows of the splits.</summary>
    public static IEnumerable<int> Sizes(this DataParts parts) => parts.Parts.Select(p => p.Count);

    /// <summary>Labels of an image.</summary>
    public static sbyte[] Labels(this DataParts parts, string name) => parts.Row(name).Row.Labels;

    /// <summary>The row of an image.</summary>
    public static LocatedRow Row(this DataParts parts, string name) => parts.Parts.SelectMany(p => p).Single(r => r.Row.Name == name);

    /// <summary>Reading fails with one line that has all of these parts.</summary>
    public static void Refuses(string data, DataOptions? o, params string[] parts)
    {
        RadaptException error = Assert.Throws<RadaptException>(() => Read(data, o));
        Assert.All(parts, part => Assert.Contains(part, error.Message, StringComparison.Ordinal));
        Assert.DoesNotContain('\n', error.Message);
    }
}
