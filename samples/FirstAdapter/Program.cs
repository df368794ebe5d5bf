using Radapt.Datasets.Phantoms;
using Radapt.Inference;
using Radapt.Training;
using Radapt.Recipes;

// FirstAdapter FOLDER [IMAGE...]: the example of docs/library.md, then images of yours.
string folder = args[0];
TextWriter output = Console.Out;

string data = Path.Combine(folder, "phantoms");
PhantomSet.Write(data, new PhantomOptions { Count = 100, Size = 32 }); // or a folder of yours with labels.csv

// Options are those of `radapt finetune`; Radapt chooses and explains the others.
RecipeLayer options = RecipeLayer.FromCommandLine(new Dictionary<string, string>
{
    ["data"] = data, ["from-scratch"] = "true", ["method"] = "full", ["epochs"] = "2", // or ["weights"] = "MRM.pth"
    ["backbone"] = "vit_tiny_patch16_224", ["image-size"] = "32", ["patch-size"] = "8", ["depth"] = "2",
});
string run = Path.Combine(folder, "run");
using (FineTuning fineTuning = FineTuning.Prepare([options]))
{
    RunSummary summary = fineTuning.Run(run, onEpoch: epoch => output.WriteLine($"{epoch.Epoch}: loss {epoch.TrainLoss:f3}"));
    output.WriteLine($"test AUROC {summary.Test!.MeanAuroc:f3}");
}

using Predictor predictor = Predictor.Open(run);
foreach (Prediction prediction in predictor.Predict(Directory.GetFiles(data, "*.png", SearchOption.AllDirectories)[..4]))
{
    output.WriteLine($"{Path.GetFileName(prediction.Path)}: "
        + (prediction.Probabilities is { } p ? $"{predictor.Findings[0]} {p[0]:f2}" : prediction.Error ?? prediction.Refusal));
}

foreach (Prediction prediction in predictor.Predict(args[1..]))
{
    output.WriteLine($"{Path.GetFileName(prediction.Path)}: {prediction.Error ?? prediction.Refusal ?? "predicted"}");
}
