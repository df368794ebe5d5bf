using System.Globalization;
using Radapt.Adaptation.Lora;
using Radapt.Options;
using Radapt.Recipes;
using static Radapt.Tests.Recipes.RecipeTesting;

namespace Radapt.Tests.Recipes;

/// <summary>The built-in recipes against the published numbers, kept here a second time so that a slip in one of the files shows.</summary>
public class PublishedRecipesTests
{
    // name, learning rate (mae: base rate), rank (0: full), epochs, AUROC in %
    public static TheoryData<string, double, int, int, double> Cells => new()
    {
        { "mrm-nih-1-lora", 0.05, 4, 100, 80.6 }, { "mrm-nih-10-lora", 0.05, 8, 100, 84.0 }, { "mrm-nih-100-lora", 0.2, 32, 100, 85.8 },
        { "mrm-chexpert-1-lora", 0.02, 4, 100, 90.7 }, { "mrm-chexpert-10-lora", 0.05, 16, 100, 92.0 },
            { "mrm-chexpert-100-lora", 0.01, 32, 100, 91.5 },
        { "mrm-rsna-1-lora", 0.01, 4, 100, 91.2 }, { "mrm-rsna-10-lora", 0.01, 32, 100, 93.1 },
            { "mrm-rsna-100-lora", 0.01, 32, 100, 93.5 },
        { "mae-nih-1-lora", 3e-3, 4, 400, 77.1 }, { "mae-nih-10-lora", 1e-3, 8, 200, 82.9 }, { "mae-nih-100-lora", 3e-3, 32, 100, 85.7 },
        { "mae-chexpert-1-lora", 3e-3, 4, 400, 88.4 }, { "mae-chexpert-10-lora", 5e-3, 8, 100, 91.1 },
            { "mae-chexpert-100-lora", 3e-3, 32, 100, 91.1 },
        { "mae-rsna-1-lora", 3e-3, 4, 100, 89.9 }, { "mae-rsna-10-lora", 5e-3, 8, 100, 91.9 }, { "mae-rsna-100-lora", 5e-3, 32, 100, 93.3 },
        { "mrm-nih-1-full", 0.01, 0, 200, 80.1 }, { "mae-nih-1-full", 5e-4, 0, 400, 74.2 },
    };

    [Fact]
    public void BuiltIn_AreThePublishedCells() =>
        Assert.Equal(Cells.Select(c => c.Data.Item1).Order(StringComparer.Ordinal), RecipeFile.BuiltIn);

    [Theory]
    [MemberData(nameof(Cells))]
    public void Recipe_HasThePublishedValues_AndResolves(string name, double rate, int rank, int epochs, double auroc)
    {
        string[] parts = name.Split('-');
        bool isMrm = parts[0] == "mrm";
        RecipeLayer layer = RecipeFile.Open(name);
        ResolvedRecipe resolved = Resolve(Line("--train t.txt --val v.txt --test e.txt --weights w.pth"), layer);
        Recipe r = resolved.Recipe;
        OptimisationOptions o = r.Optimisation;

        Assert.Equal(isMrm ? ("sgd", rate, 0.0, 1.0)
            : ("adamw", rate * 64 / 256, 0.05, 0.65), (o.Optimizer.Spelled(), o.LearningRate, o.WeightDecay, o.LayerDecay));
        Assert.Equal((epochs, 5.0, 1e-6, 64, 1), (o.Epochs, o.WarmupEpochs, o.LastRate, o.BatchSize, o.Accumulate));
        Assert.Equal(isMrm ? (0.4978, 0.2449, 224) : (0.4785, 0.2834, 256), (r.Pixels.Mean, r.Pixels.Std, r.Pixels.Resize));
        Assert.Equal(isMrm ? "crop-flip" : "randaugment-erasing", r.Pixels.Augment.Spelled());
        Assert.Equal((1, 0, 0.1, "none"), (r.Validation.Every, r.Validation.Patience, r.Model.DropPath, o.PositiveWeight.ToString()));
        Assert.Equal(parts[1] switch { "nih" => 14, "chexpert" => 5, _ => 1 }, r.Data.Findings.Count);
        Assert.Equal(((string?)null, 0), (r.Data.Cache, r.Data.CacheSize)); // the exact pixels
        Assert.Equal(parts[3], r.Method.Name);
        if (rank > 0)
        {
            LoraOptions lora = Assert.IsType<LoraOptions>(r.Method);
            Assert.Equal((rank, 32.0, 0.1, "q,v", 0),
                (lora.Rank, lora.Alpha, lora.Dropout, string.Join(",", lora.Targets), lora.Blocks.Count));
        }

        Assert.Equal(["clip-grad", "precision", "seed"], layer.Entries.Where(e => e.Source == "ours").Select(e => e.Option.Name));
        string list = parts[2] == "100" ? "train_list.txt" : $"train_{parts[2]}.txt";
        string[] head = File.ReadAllLines(Path.Combine(Repository.Root, "recipes", $"{name}.yaml"))[..3];
        Assert.EndsWith($"test AUROC {auroc.ToString("0.0", CultureInfo.InvariantCulture)} %.", head[0], StringComparison.Ordinal);
        Assert.Contains($"--train {list} ", head[1], StringComparison.Ordinal);
        Assert.EndsWith($": --data {parts[1]}:DIR{(parts[2] == "100" ? "" : $" --label-fraction {parts[2]}%")}.", head[2],
            StringComparison.Ordinal);
        Assert.Equal(parts[1..3] is ["nih", "1"], r.Data.AllowRareFindings); // its list has findings with fewer than ten positives
    }
}
