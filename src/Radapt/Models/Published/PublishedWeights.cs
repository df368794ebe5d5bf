using System.Globalization;

namespace Radapt.Models.Published;

/// <summary>
/// Pre-trained weights that others publish and Radapt can start from: what <c>radapt weights</c> and docs/weights.md say of them. Radapt
/// downloads nothing.
/// </summary>
/// <param name="Name">What <c>radapt weights NAME</c> calls them.</param>
/// <param name="Title">Their publisher's name for them.</param>
internal sealed partial record PublishedWeights(string Name, string Title)
{
    /// <summary>What is written where public material did not tell a fact, or was not seen.</summary>
    public const string NotChecked = "not checked";

    /// <summary>What they learned from, and how.</summary>
    public required string Training { get; init; }

    /// <summary>Their transformer; its image size is that of pre-training.</summary>
    public required BackboneShape Shape { get; init; }

    /// <summary>
    /// Parameters of the encoder with its final norm, in millions; counted, and so not always the publisher's round number.
    /// </summary>
    public required double Millions { get; init; }

    /// <summary>The file to fetch, or a folder of a model page with its files.</summary>
    public required string File { get; init; }

    /// <summary>Size of that file.</summary>
    public required string FileSize { get; init; }

    /// <summary>Their licence.</summary>
    public required string Licence { get; init; }

    /// <summary>What the licence or the publisher forbids: commercial or clinical use.</summary>
    public required string Limits { get; init; }

    /// <summary>The page to fetch them from.</summary>
    public required string Page { get; init; }

    /// <summary>The paper.</summary>
    public required string Paper { get; init; }

    /// <summary>A checksum and who published it; null where none was found.</summary>
    public string? Checksum { get; init; }

    /// <summary>The gray values that the publisher normalises with, and what Radapt takes where the file does not tell.</summary>
    public required string Normalisation { get; init; }

    /// <summary>Whose tensor names the file has, as <c>--dialect</c> calls them.</summary>
    public required string Dialect { get; init; }

    /// <summary>What they are good for.</summary>
    public required string GoodFor { get; init; }

    /// <summary>Options of <c>finetune</c> that go with them beside <c>--weights</c>; empty: none are needed.</summary>
    public string Options { get; init; } = "";

    /// <summary>The public material that these facts were checked against.</summary>
    public required string CheckedAgainst { get; init; }

    /// <summary>Facts that were not checked; empty: none but the file itself, which was never loaded here.</summary>
    public string Unchecked { get; init; } = "";

    /// <summary>Every entry, radiographs first.</summary>
    public static IReadOnlyList<PublishedWeights> All { get; } = [.. Radiographs, .. Photographs];

    /// <summary>The line that starts from them.</summary>
    public string Command =>
        $"radapt finetune --data labels.csv --weights {File}{(Options.Length > 0 ? $" {Options}" : "")} --out runs/first";

    /// <summary>The transformer's name, or its dimensions where it has none.</summary>
    public string Backbone => Shape.Name ?? $"ViT: {Shape}";

    /// <summary>The parameters for people.</summary>
    public string Parameters => string.Create(CultureInfo.InvariantCulture, $"{Millions:N0} million");

    /// <summary>Every fact with its name, in the order in which people read them.</summary>
    public IEnumerable<(string What, string Value)> Facts =>
        from fact in ((string What, string? Value)[])
        [
            ("learned from", Training), ("good for", GoodFor), ("licence", Licence), ("limits", Limits), ("page", Page), ("paper", Paper),
            ("file", File), ("file size", FileSize), ("checksum", Checksum ?? "none published that was found"), ("backbone", Backbone),
            ("parameters", Parameters), ("image size", $"{Shape.ImageSize} px in pre-training"), ("gray values", Normalisation),
            ("tensor names", $"read by --dialect {Dialect}, which is recognised"),
            ("checked against", CheckedAgainst), (NotChecked, Unchecked.Length > 0 ? Unchecked : null),
        ]
        where fact.Value is not null
        select (fact.What, fact.Value!);

    /// <summary>The entry of a name.</summary>
    /// <exception cref="RadaptException">There is none.</exception>
    public static PublishedWeights Find(string name) => All.FirstOrDefault(w => w.Name == name)
        ?? throw new RadaptException($"{name}: no weights of this name; one of {string.Join(", ", All.Select(w => w.Name))}.");
}
