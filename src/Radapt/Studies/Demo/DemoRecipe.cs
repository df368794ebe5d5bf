using System.Globalization;
using Radapt.Pretraining;
using Radapt.Studies.Design;

namespace Radapt.Studies.Demo;

/// <summary>
/// How the demo pre-trains and fine-tunes. The learning rate of each method was chosen on validation images, for the method alone.
/// </summary>
internal static class DemoRecipe
{
    /// <summary>Levels of the study.</summary>
    public const string Pretrained = "mae", Random = "random", Lora = "lora", Full = "full", Ridge = "ridge";

    /// <summary>Options of pre-training.</summary>
    public static IReadOnlyDictionary<string, string> Pretraining(DemoSize size) => new Dictionary<string, string>(
        [.. PhantomBackbone.Architecture, .. PhantomBackbone.Compute])
    {
        ["crop-scale"] = "0.5",
        ["epochs"] = Text(size.PretrainingEpochs),
        ["batch-size"] = size.IsQuick ? "16" : "64",
        ["lr"] = "1e-3",
        ["warmup-epochs"] = "1",
        ["validate-every"] = "1",
        ["checkpoint-every"] = "0",
        ["pictures"] = "8",
        ["check-pixels"] = "off",
        ["seed"] = "0",
    };

    /// <summary>The study of the demo: three methods from pre-trained and from random weights, at three label fractions.</summary>
    /// <param name="folder">Where its data and weights are.</param>
    /// <param name="size">How much is done.</param>
    public static StudyDesign Study(DemoFolder folder, DemoSize size) => new()
    {
        Name = "demo",
        File = "the demo",
        Title = "Test AUROC by share of the labels",
        Options = StudySettings.From([.. Common(size), new("data", folder.Labelled)]),
        Factors = new Dictionary<StudyFactor, IReadOnlyList<StudyLevel>>
        {
            [StudyFactor.Weights] =
            [
                Level(StudyFactor.Weights, Pretrained, "MAE weights", new KeyValuePair<string, string>("weights", folder.Pretraining)),
                Level(StudyFactor.Weights, Random, "random weights", [new("from-scratch", "true"), .. PhantomBackbone.Architecture]),
            ],
            [StudyFactor.Method] =
            [
                Level(StudyFactor.Method, Lora, "LoRA", new("method", "lora"), new("lr", "3e-3")),
                Level(StudyFactor.Method, Full, "full fine-tuning", new("method", "full"), new("lr", "1e-3")),
                Level(StudyFactor.Method, Ridge, "ridge probe", new KeyValuePair<string, string>("method", "ridge")),
            ],
            [StudyFactor.Fraction] = [.. size.Fractions.Select(f => Level(StudyFactor.Fraction, f.Labels.ToString(), f.Name,
                new("label-fraction", f.Labels.ToString()), new("epochs", Text(f.Epochs)), new("validate-every", Text(f.Every)),
                new("batch-size", Text(f.Batch))))],
            [StudyFactor.Seed] = [.. Enumerable.Range(0, size.Fractions.Max(f => f.Seeds)).Select(s => StudyReader.Seed(s))],
        },
        Overrides =
        [
            (Cells((StudyFactor.Weights, [Random]), (StudyFactor.Method, [Full])),
                StudySettings.From(KeyValuePair.Create("lr", "2e-3"), KeyValuePair.Create("layer-decay", "1"))),
        ],
        Exclude =
        [
            // It takes long and tells little.
            Cells((StudyFactor.Weights, [Random]), (StudyFactor.Method, [Lora]),
                (StudyFactor.Fraction, [.. size.Fractions.Skip(1).Select(f => f.Labels.ToString())])),
            .. size.Fractions.Select(f => Cells((StudyFactor.Fraction, [f.Labels.ToString()]), (StudyFactor.Seed,
                [.. Enumerable.Range(f.Seeds, size.Fractions.Max(o => o.Seeds) - f.Seeds).Select(Text)]))),
        ],
    };

    // Options of every run of fine-tuning. The products are fixed: a probe might choose others on the next day.
    private static Dictionary<string, string> Common(DemoSize size) => new(PhantomBackbone.Compute)
    {
        ["products"] = "packed",
        ["drop-path"] = "0",
        ["augment"] = "none",
        ["patience"] = "0",
        ["select"] = "best",
        ["validate-images"] = Text(size.Choosing),
        ["check-pixels"] = "off",
        ["png-bits"] = "16",
        ["plain-names"] = "true",
        ["allow-rare-findings"] = "true",
    };

    private static StudyLevel Level(
        StudyFactor factor, string key, string title, params IEnumerable<KeyValuePair<string, string>> options) =>
        new(factor, key, title, StudySettings.From(options));

    private static CellFilter Cells(params (StudyFactor Factor, string[] Keys)[] levels) =>
        new(levels.ToDictionary(l => l.Factor, l => (IReadOnlyList<string>)l.Keys));

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
