using System.Text.Json.Nodes;
using Radapt.Studies.Design;
using Radapt.Studies.Tables;

namespace Radapt.Studies.Demo;

/// <summary>What came out of a demo.</summary>
/// <param name="Folder">Where it is kept.</param>
/// <param name="Size">How much was done.</param>
/// <param name="Table">The comparison.</param>
/// <param name="Time">That it took; null: an earlier session did a part.</param>
internal sealed record DemoResult(DemoFolder Folder, DemoSize Size, StudyTable Table, TimeSpan? Time)
{
    /// <summary>What the table says of LoRA and full fine-tuning.</summary>
    public IReadOnlyList<string> OnLora => TableSentences.LoraAgainstFull(
        Table, Row(DemoRecipe.Pretrained, DemoRecipe.Lora), Row(DemoRecipe.Pretrained, DemoRecipe.Full));

    /// <summary>What the table says of pre-training.</summary>
    public IReadOnlyList<string> OnPretraining => TableSentences.PretrainedAgainstRandom(
        Table, Row(DemoRecipe.Pretrained, DemoRecipe.Full), Row(DemoRecipe.Random, DemoRecipe.Full));

    /// <summary>The figures for programs, the same bytes for the same figures.</summary>
    public JsonObject ToJson() => new()
    {
        ["quick"] = Size.IsQuick,
        ["table"] = new JsonObject(Table.Rows.Select(row => KeyValuePair.Create<string, JsonNode?>(row.Key, new JsonObject(
            Table.Columns.Select(c => KeyValuePair.Create(c.Key, (JsonNode?)CellJson(Table.Cell(row, c)))))))),
        ["lora"] = new JsonArray([.. OnLora.Select(s => JsonValue.Create(s))]),
        ["pretraining"] = new JsonArray([.. OnPretraining.Select(s => JsonValue.Create(s))]),
        ["held_out_loss"] = DemoFolder.ReadEpochs(Folder.Pretraining)[^1].Figure(Radapt.Pretraining.MaskedImageTask.HeldOutLoss),
    };

    /// <summary>A row of the table.</summary>
    public TableAxis Row(string weights, string method) => Table.Rows.First(r =>
        r.Level(StudyFactor.Weights)!.Key == weights && r.Level(StudyFactor.Method)!.Key == method);

    private static JsonObject? CellJson(TableCell? cell) => cell is null ? null : new JsonObject
    {
        ["auroc"] = cell.Mean,
        ["sd"] = cell.Deviation,
        ["seeds"] = new JsonArray([.. cell.Overall.Values.Values.Select(v => JsonValue.Create(v))]),
    };
}
