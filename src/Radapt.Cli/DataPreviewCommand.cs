using System.CommandLine;
using System.Text.Json.Nodes;
using Radapt.Datasets;
using Radapt.Imaging.Dicom.Codecs;
using Radapt.Options;
using Radapt.Recipes;
using Radapt.Training;

namespace Radapt.Cli;

/// <summary><c>radapt data preview</c>: a contact sheet of what a training sees.</summary>
internal sealed class DataPreviewCommand : RadaptCommand
{
    private readonly List<Option<string>> _recipeOptions = [];
    private readonly Option<string> _out;
    private readonly Option<string> _recipe;
    private readonly Option<int> _images;
    private readonly Option<int> _epochs;
    private readonly Option<bool> _overwrite;
    private readonly Option<bool> _json;

    public DataPreviewCommand()
        : base("preview",
            "Draw a contact sheet of what training sees: one row per image, first as in evaluation, then as in the first epochs.")
    {
        _out = Add("Sheet", new Option<string>("--out", "-o")
        {
            HelpName = "FILE.png",
            Description = "The image file to write. Default: preview.png.",
            DefaultValueFactory = _ => "preview.png",
        });
        _images = Add("Sheet", new Option<int>("--images")
        {
            HelpName = "N",
            Description = "Show the first N training images, one per row. Default: 6.",
            DefaultValueFactory = _ => 6,
        });
        _epochs = Add("Sheet", new Option<int>("--epochs")
        {
            HelpName = "N",
            Description = "Augmented columns: epochs 1 to N; 0: no augmentation, and six images per row. Default: 7.",
            DefaultValueFactory = _ => 7,
        });
        _recipe = Add("Sheet", new Option<string>("--recipe")
        {
            HelpName = "FILE|NAME",
            Description = "Take values from a recipe, as finetune does. Options on the command line override it.",
        });
        foreach (OptionDeclaration row in RecipeOptions.All.Where(IsTaken))
        {
            _recipeOptions.Add(Add(row.Heading, RecipeArguments.Create(row)));
        }

        _overwrite = AddOverwrite("the picture");
        _json = AddJson();
        SetAction(Run);
    }

    public override IReadOnlyList<(string Line, string What)> Examples { get; } =
    [
        ("radapt data preview --data labels.csv --out sheet.png", "The first six training images, with the default settings:"),
        ("radapt data preview --data labels.csv --augment randaugment-erasing --image-size 224", "With the AdamW recipes' augmentation:"),
        ("radapt data preview --recipe mae-nih-1-lora --train train_1.txt --val val_list.txt --image-root all_classes",
            "With the settings of a recipe:"),
    ];

    /// <inheritdoc/>
    public override bool StopsItself => false;

    private int Run(ParseResult parsed)
    {
        bool json = parsed.GetValue(_json);
        string path = parsed.GetValue(_out)!;
        int images = parsed.GetValue(_images);
        int epochs = parsed.GetValue(_epochs);
        if (images is < 1 or > 100 || epochs is < 0 or > 100)
        {
            throw new RadaptException($"--images must be 1 to 100 and --epochs 0 to 100, not {images} and {epochs}.");
        }

        RecipeLayer line = RecipeArguments.Layer(parsed, _recipeOptions);
        RecipeLayer[] layers = parsed.GetValue(_recipe) is { } recipe
            ? [line, RecipeFile.Open(recipe).WithFullPaths(Environment.CurrentDirectory)] : [line];
        DataOptions asked = PartialRecipe.Merge(layers).Data;
        OutputFile.RequireNew(path, parsed.GetValue(_overwrite), "--out");
        OutputFile.RequireNoInput(path, "--out", asked.Data, asked.Train, asked.Val, asked.Test, parsed.GetValue(_recipe));
        using var codecs = new CodecProcess();
        IReadOnlyList<PreviewRow> rows = TrainingPreview.Write(layers, path, images, epochs, codecs);
        var terminal = new Terminal(onStandardError: json);
        terminal.Rows(["", "image", "findings"],
            rows.Select((r, i) => new[] { $"{i + 1}", r.Image, r.Findings.Count == 0 ? "none" : string.Join(", ", r.Findings) }), 0);
        terminal.Line(epochs > 0 ? $"{path}: left as in evaluation, then epochs 1 to {epochs} of the training."
            : $"{path}: as in evaluation, row by row.");
        if (json)
        {
            Terminal.WriteJson(new JsonObject
            {
                ["file"] = Path.GetFullPath(path),
                ["rows"] = new JsonArray([.. rows.Select(r => new JsonObject
                {
                    ["image"] = r.Image,
                    ["findings"] = new JsonArray([.. r.Findings.Select(f => JsonValue.Create(f))]),
                })]),
            });
        }

        return ExitCode.Done;
    }

    // What decides which training images there are, and what becomes of their pixels.
    private static bool IsTaken(OptionDeclaration option) =>
        option.Section == typeof(PixelOptions) || (option.Section == typeof(DataOptions) && !option.IsForTraining)
        || option.Name == OptionTable.Find((DataOptions d) => d.LabelFraction).Name
        || option.Name == OptionTable.Find((ModelOptions m) => m.ImageSize).Name
        || option.Name == OptionTable.Find((Recipe r) => r.Seed).Name;
}
