using Radapt.Adaptation;
using Radapt.Adaptation.Files;
using Radapt.Adaptation.Lora;
using Radapt.Compute;
using Radapt.Models;
using static TorchSharp.torch;

namespace Radapt.Tests.Adaptation.Files;

public class AdapterAverageTests
{
    public static TheoryData<LoraOptions> LoraForms =>
    [
        new LoraOptions(),
        new LoraOptions { Targets = ["q", "k", "v", "fc1"], Rank = 3 },
        new LoraOptions { RankStabilised = true, Rank = 2 },
        new LoraOptions { Ranks = [2, 0, 3], Targets = ["q", "v", "proj"] },
    ];

    [Theory]
    [MemberData(nameof(LoraForms))]
    public void Write_Lora_MergesToTheMeanOfTheMergedWeights(LoraOptions lora)
    {
        using var saved = new SavedAdapter(lora);
        string[] adapters = [saved.Adapter, Other(saved, 11), Other(saved, 12)];
        AdapterAverage.Write(saved["mean.safetensors"], saved.Description, adapters);
        Dictionary<string, float[]>[] merged = [.. adapters.Select(Merged)];
        Dictionary<string, float[]> mean = Merged(saved["mean.safetensors"]);
        Assert.Equal(merged[0].Keys, mean.Keys);
        foreach ((string name, float[] values) in mean)
        {
            Assert.All(values.Index(), v => Assert.Equal(merged.Average(m => m[name][v.Index]), v.Item, 1e-5));
        }

        var options = (LoraOptions)AdapterFile.Describe(saved["mean.safetensors"]).Method;
        Assert.Equal(3 * lora.Rank, options.Rank);
    }

    [Theory]
    [MemberData(nameof(LoraForms))]
    public void Write_Weights_MergesToTheWeightedMeanOfTheMergedWeights(LoraOptions lora)
    {
        double[] weights = [1200, 300, 550];
        using var saved = new SavedAdapter(lora);
        string[] adapters = [saved.Adapter, Other(saved, 11), Other(saved, 12)];
        AdapterAverage.Write(saved["mean.safetensors"], saved.Description, adapters, weights);
        Dictionary<string, float[]>[] merged = [.. adapters.Select(Merged)];
        foreach ((string name, float[] values) in Merged(saved["mean.safetensors"]))
        {
            Assert.All(values.Index(),
                v => Assert.Equal(merged.Zip(weights, (m, w) => m[name][v.Index] * w).Sum() / 2050, v.Item, 1e-5));
        }

        LoraMeanError error = AdapterAverage.Measure(saved["mean.safetensors"], adapters, weights)!;
        Assert.InRange(error.Stored, 0, 1e-6);
        Assert.InRange(error.FactorsApart, 0.1, 10);
    }

    // Singular values of the whole updates, in place of those of the factors.
    [Theory]
    [MemberData(nameof(LoraForms))]
    public void Write_Rank_KeepsTheLargestSingularValues(LoraOptions lora)
    {
        double[] weights = [3, 1];
        using var saved = new SavedAdapter(lora);
        string[] adapters = [Other(saved, 11), Other(saved, 12)];
        AdapterAverage.Write(saved["whole.safetensors"], saved.Description, adapters, weights);
        AdapterAverage.Write(saved["cut.safetensors"], saved.Description, adapters, weights, rank: 2);
        using var scope = NewDisposeScope();
        (double cutAway, double all) = (0, 0);
        foreach ((Tensor whole, Tensor cut) in Updates(saved["whole.safetensors"]).Zip(Updates(saved["cut.safetensors"])))
        {
            Tensor values = linalg.svdvals(whole);
            all += values.square().sum().item<double>();
            cutAway += values[2..].square().sum().item<double>();
            Assert.Equal(values[2..].square().sum().item<double>(), cut.sub(whole).square().sum().item<double>(), 1e-6);
            Assert.True(linalg.svdvals(cut)[2..].max().item<double>() < 1e-5);
        }

        LoraMeanError error = AdapterAverage.Measure(saved["cut.safetensors"], adapters, weights)!;
        Assert.Equal(Math.Sqrt(cutAway / all), error.Stored, 1e-5);
        Assert.True(error.Stored > 0.01);
        Assert.NotEmpty(SavedAdapter.Logits(saved["cut.safetensors"]));
    }

    [Theory]
    [InlineData("full")]
    [InlineData("bitfit")]
    [InlineData("ia3")]
    [InlineData("vpt")]
    public void Write_OtherMethods_AveragesEveryTensor(string method)
    {
        using var saved = new SavedAdapter(method: method);
        string[] adapters = [saved.Adapter, Other(saved, 11), Other(saved, 12)];
        AdapterAverage.Write(saved["mean.safetensors"], saved.Description, adapters);
        using var scope = NewDisposeScope();
        Dictionary<string, Tensor>[] runs = [.. adapters.Select(AdapterFile.Read)];
        foreach ((string name, Tensor tensor) in AdapterFile.Read(saved["mean.safetensors"]))
        {
            Assert.True(allclose(tensor, stack([.. runs.Select(r => r[name])]).mean([0]), 1e-5, 1e-6), name);
        }

        Assert.NotEmpty(SavedAdapter.Logits(saved["mean.safetensors"]));
    }

    [Fact]
    public void Refusal_AdaptersThatDidNotStartAlike_SaysWhatDiffers()
    {
        using var saved = new SavedAdapter();
        AdapterDescription adapter = saved.Description;
        Assert.Null(AdapterAverage.Refusal(adapter, adapter with { Seed = 5 }));
        Assert.Contains("base weights", AdapterAverage.Refusal(adapter, adapter with { BaseSha256 = "other" })!, StringComparison.Ordinal);
        Assert.Contains("predicts", AdapterAverage.Refusal(adapter, adapter with { Findings = ["Edema"] })!, StringComparison.Ordinal);
        Assert.Contains("options", AdapterAverage.Refusal(adapter, adapter with { Method = new LoraOptions { Rank = 5 } })!,
            StringComparison.Ordinal);
        Assert.Contains("full", AdapterAverage.Refusal(adapter, With("full"))!, StringComparison.Ordinal);
        Assert.Contains("start", AdapterAverage.Refusal(With("vpt"), With("vpt") with { Seed = 5 })!, StringComparison.Ordinal);
        Assert.Null(AdapterAverage.Refusal(With("vpt"), With("vpt")));
        Assert.Contains("ridge", AdapterAverage.Refusal(With("ridge"), With("ridge"))!, StringComparison.Ordinal);
        Assert.Contains("adalora", AdapterAverage.Refusal(With("adalora"), With("adalora"))!, StringComparison.Ordinal);

        AdapterDescription With(string method) => adapter with { Method = AdaptationMethod.Find(method).Defaults };
    }

    private static string Other(SavedAdapter saved, long seed)
    {
        using var scope = NewDisposeScope();
        Dictionary<string, Tensor> tensors = AdapterFile.Read(saved.Adapter);
        foreach ((string name, Tensor tensor) in tensors)
        {
            Initialisation.TruncatedNormal(tensor, name, 0.1, seed);
        }

        string file = saved[$"{seed}.safetensors"];
        AdapterFile.Save(file, saved.Description, tensors.Select(t => (t.Key, t.Value)));
        return file;
    }

    // The update of every adapted part: (out, in), float64.
    private static IEnumerable<Tensor> Updates(string file)
    {
        var options = (LoraOptions)AdapterFile.Describe(file).Method;
        Dictionary<string, Tensor> tensors = AdapterFile.Read(file);
        foreach (string right in tensors.Keys.Where(n => n.EndsWith(".lora_A", StringComparison.Ordinal)))
        {
            Tensor left = tensors[right.Replace(".lora_A", ".lora_B", StringComparison.Ordinal)];
            long groups = tensors[right].shape[0] / left.shape[1];
            double scale = (options with { Rank = (int)left.shape[1] }).Scale;
            for (int g = 0; g < groups; g++)
            {
                yield return left.chunk((int)groups)[g].to(float64).matmul(tensors[right].chunk((int)groups)[g].to(float64)).mul(scale);
            }
        }
    }

    private static Dictionary<string, float[]> Merged(string adapter)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using AdaptedModel model = AdaptedModel.Open(adapter, null, ComputePlan.Float32);
        return AdapterMerge.MergedTensors(model.Classifier).ToDictionary(t => t.Key, t => t.Value.contiguous().data<float>().ToArray());
    }
}
