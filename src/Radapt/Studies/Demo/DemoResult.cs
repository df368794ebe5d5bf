using System.Text.Json.Nodes;
using Radapt.Studies.Comparison;

namespace Radapt.Studies.Demo;

/// <summary>What came out of a demo.</summary>
/// <param name="Folder">Where it is kept.</param>
/// <param name="Size">How much was done.</param>
/// <param name="Table">The comparison.</param>
/// <param name="Time">That it took; null: an earlier session did a part.</param>
internal sealed record DemoResult(DemoFolder Folder, DemoSize Size, ComparisonTable Table, TimeSpan? Time)
{
    /// <summary>What the table says of LoRA and full fine-tuning.</summary>
    public IReadOnlyList<string> OnLora => ComparisonSentences.LoraAgainstFull(Table, Method("lora-mae"), Method("full-mae"));

    /// <summary>What the table says of pre-training.</summary>
    public IReadOnlyList<string> OnPretraining =>
        ComparisonSentences.PretrainedAgainstRandom(Table, Method("full-mae"), Method("full-random"));

    /// <summary>The figures for programs, the same bytes for the same figures.</summary>
    public JsonObject ToJson() => new()
    {
        ["quick"] = Size.IsQuick,
        ["table"] = Table.ToJson(),
        ["lora"] = new JsonArray([.. OnLora.Select(s => JsonValue.Create(s))]),
        ["pretraining"] = new JsonArray([.. OnPretraining.Select(s => JsonValue.Create(s))]),
        ["held_out_loss"] = DemoFolder.ReadEpochs(Folder.Pretraining)[^1].Figure(Radapt.Pretraining.MaskedImageTask.HeldOutLoss),
    };

    private ComparedMethod Method(string key) => Table.Methods.First(m => m.Key == key);
}
