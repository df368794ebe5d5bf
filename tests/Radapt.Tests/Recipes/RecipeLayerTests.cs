using Radapt.Datasets.Splits;
using Radapt.Recipes;
using static Radapt.Tests.Recipes.RecipeTesting;

namespace Radapt.Tests.Recipes;

public class RecipeLayerTests
{
    [Fact]
    public void Merge_CommandLineBeatsRecipe_AndBothBeatDefaults()
    {
        ResolvedRecipe resolved = Resolve(Run("--rank 8"), Yaml("rank: 16\nalpha: {value: 16, source: ours, reason: tried}"));
        Assert.Equal(new ResolvedValue("rank", "8", "command line", null), resolved.Value("rank"));
        Assert.Equal(new ResolvedValue("alpha", "16", "recipe my.yaml", "tried") { Source = "ours" }, resolved.Value("alpha"));
        Assert.Equal(new ResolvedValue("lora-dropout", "0.1", "default", "the paper's"), resolved.Value("lora-dropout"));
    }

    [Theory]
    [InlineData("--lr 0.5", "base-lr: 0.008", 0.5)]
    [InlineData("--base-lr 0.008", "lr: 0.5", 0.0005)] // x 16 / 256
    public void Merge_LrAndBaseLr_TheLineBeatsTheRecipe(string line, string yaml, double expected) =>
        Assert.Equal(expected, Resolve(Run(line), Yaml(yaml)).Recipe.Optimisation.LearningRate);

    [Fact]
    public void Layer_LrAndBaseLrTogether_IsAnError()
    {
        Assert.Equal("--lr and --base-lr cannot be used together; keep one of them.", Error(() => Run("--lr 0.1 --base-lr 0.1")));
        Assert.Equal("my.yaml:1: lr and my.yaml:3: base-lr cannot be used together; keep one of them.",
            Error(() => Yaml("lr: 1\n\nbase-lr: 1")));
    }

    [Fact]
    public void Merge_DataOnTheLine_ReplacesTheRecipesSplitLists()
    {
        ResolvedRecipe resolved = Resolve(Run(), Yaml("train: a.txt\nval: b.txt\ntest: c.txt"));
        Assert.Equal("images.csv", resolved.Recipe.Data.Data);
        Assert.Null(resolved.Recipe.Data.Train);
        Assert.Null(resolved.Recipe.Data.Test);
    }

    [Theory]
    [InlineData("--rank 4 --method full", "--rank belongs to method lora, but the method is full; leave it out or give --method lora.")]
    [InlineData("--momentum 0.9", "--momentum belongs to optimizer sgd, but the optimizer is adamw; leave it out or give --optimizer sgd.")]
    [InlineData("--layer-decay 0.65 --optimizer sgd",
        "--layer-decay belongs to optimizer adamw, but the optimizer is sgd; leave it out or give --optimizer adamw.")]
    public void Merge_OptionOfAnotherMethodOrOptimizer_IsAnError(string line, string message) =>
        Assert.Equal(message, Error(() => Resolve(Run(line))));

    [Fact]
    public void Merge_OptionOfAnotherMethodInYaml_NamesFileAndLine() =>
        Assert.StartsWith("my.yaml:2: rank belongs to method lora", Error(() => Resolve(Run(), Yaml("method: linear\nrank: 4"))),
            StringComparison.Ordinal);

    [Fact]
    public void Merge_MethodOnTheLine_DropsTheRecipesOptionsOfItsOwnMethod()
    {
        ResolvedRecipe resolved = Resolve(Run("--method full"), Yaml("method: lora\nrank: 16\nlr: 0.5"));
        Assert.DoesNotContain(resolved.Values, v => v.Name == "rank");
        Assert.Equal(0.5, resolved.Recipe.Optimisation.LearningRate); // given, so kept
    }

    [Fact]
    public void Merge_RecordedDefaults_AreChosenAgain_WhenWhatTheyWereChosenFromChanges()
    {
        using var folder = new TemporaryFolder();
        RecipeFile.Write(Resolve(Run("--epochs 40")), folder["recipe.yaml"]);
        RecipeLayer first = RecipeFile.Read(folder["recipe.yaml"]);

        ResolvedRecipe full = RecipeResolver.Resolve([Line("--method full"), first], Facts);
        Assert.Equal(2.5e-4, full.Recipe.Optimisation.LearningRate);
        Assert.Equal(0.65, full.Recipe.Optimisation.LayerDecay);
        Assert.Equal(40, full.Recipe.Optimisation.Epochs);

        ResolvedRecipe other = RecipeResolver.Resolve([Line("--weights MAE.pth"), first], Facts with
        {
            WeightsMean = 0.4785,
            WeightsStd = 0.2834,
        });
        Assert.Equal(0.4785, other.Recipe.Pixels.Mean);
        Assert.Equal(1e-3, other.Recipe.Optimisation.LearningRate);

        ResolvedRecipe large = RecipeResolver.Resolve([Line("--backbone vit_large_patch16_384 --weights L.pth"), first],
            Facts with { WeightsShape = Radapt.Models.BackboneShape.FromName("vit_large_patch16_384") });
        ModelOptions model = large.Recipe.Model;
        Assert.Equal((384, 24, 1024, 16, 384),
            (model.ImageSize, model.Depth, model.Width, model.Heads, large.Recipe.Pixels.Resize));
    }

    [Fact]
    public void Partial_KnowsWhatIsNeededToOpenTheData()
    {
        var partial =
            PartialRecipe.Merge([Line("--label-fraction 10%"), Yaml("data: images.csv\nseed: 3\nfindings: Edema, Pleural Effusion")]).Data;
        Assert.Equal(("images.csv", LabelFraction.FromShare(0.1), 3), (partial.Data, partial.LabelFraction, partial.Seed));
        Assert.Equal(["Edema", "Pleural Effusion"], partial.Findings);
    }
}
