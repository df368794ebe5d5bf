using System.Text.Json;
using Microsoft.ML.OnnxRuntime;
using OnnxModel;

// OnnxModel MODEL.onnx IMAGE...: a table of probabilities, calibrated where the model says how, as `radapt predict` gives them.
// MODEL.onnx is what `radapt adapter export --format onnx` wrote, with or without --int8.
using var session = new InferenceSession(args[0]);
Dictionary<string, string> metadata = session.ModelMetadata.CustomMetadataMap;
string[] findings = JsonSerializer.Deserialize<string[]>(metadata["findings"])!;
JsonElement preparation = JsonDocument.Parse(metadata["radapt.preprocessing"]).RootElement;
(int size, int shorter) = (preparation.GetProperty("image_size").GetInt32(), preparation.GetProperty("resize").GetInt32());
(float mean, float std) = (preparation.GetProperty("mean").GetSingle(), preparation.GetProperty("std").GetSingle());
string decisions = metadata.GetValueOrDefault("radapt.decisions", """{"findings":[]}""");
Dictionary<string, JsonElement> rules = JsonDocument.Parse(decisions).RootElement.GetProperty("findings").EnumerateArray()
    .Where(f => f.TryGetProperty("scaling", out _)).ToDictionary(f => f.GetProperty("finding").GetString()!, f => f.GetProperty("scaling"));

Console.WriteLine("image," + string.Join(',', findings.Select(f => rules.ContainsKey(f) ? f + ".calibrated" : f)));
foreach (string path in args[1..])
{
    byte[] levels = GrayImage.Read(path).Resize(shorter).Crop(size);
    float[] pixels = [.. levels.Select(level => ((level / 255f) - mean) / std)];
    using OrtValue input = OrtValue.CreateTensorValueFromMemory(pixels, [1, 1, size, size]);
    using var options = new RunOptions();
    using IDisposableReadOnlyCollection<OrtValue> outputs = session.Run(options, ["images"], [input], ["logits"]);
    double[] logits = [.. outputs[0].GetTensorDataAsSpan<float>().ToArray().Select(l => (double)l)];
    IEnumerable<double> probabilities = logits.Select((logit, i) => Sigmoid(rules.TryGetValue(findings[i], out JsonElement scaling)
        ? scaling.GetProperty("intercept").GetDouble() + (scaling.GetProperty("slope").GetDouble() * logit) : logit));
    Console.WriteLine(Path.GetFileName(path) + "," + string.Join(',', probabilities.Select(p => p.ToString("0.######"))));
}

static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));
