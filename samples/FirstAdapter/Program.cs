using Radapt.Adaptation.Lora;
using Radapt.Datasets;
using Radapt.Datasets.Phantoms;
using Radapt.Inference;
using Radapt.Recipes;
using Radapt.Training;

// FirstAdapter FOLDER [IMAGE...]: the example of docs/library.md, then images of yours.
string folder = args[0];
TextWriter output = Console.Out;

string data = Path.Combine(folder, "phantoms");
PhantomSet.Write(data, new PhantomOptions { Count = 100, Size = 32 }); // or a folder of yours with labels.csv

// Every option of `radapt finetune` is a property of a section; Radapt chooses and explains the others.
RecipeLayer options = RecipeLayer.Empty
    .Set((DataOptions d) => d.Data, data)
    .Set((ModelOptions m) => m.Weights, "phantom-tiny") // or "MRM.pth"
    .Set((Recipe r) => r.Method, new LoraOptions { Rank = 8 })
    .Set((OptimisationOptions o) => o.Epochs, 2);
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
