using System.Reflection;
using Radapt.Compute;
using Radapt.Options;
using Radapt.Pretraining;
using Radapt.Recipes;

namespace Radapt.Tests.Pretraining;

public sealed class PretrainingRecipeTests
{
    [Fact]
    public void Catalogue_NamesOnlyOptionsThatSomeRecipeHas() => Assert.All(PretrainingRecipe.MaeCatalogue.All, option =>
    {
        Assert.All(option.ChosenFrom, name => Assert.True(
            PretrainingRecipe.MaeCatalogue.Find(name) is not null || RecipeOptions.Find(name) is not null, $"{option.Name}: {name}"));
        Assert.DoesNotContain('\n', option.Help);
    });

    [Fact]
    public void Sections_Properties_AreOptions()
    {
        Type[] sections = [typeof(UnlabelledOptions), typeof(MaskingOptions), typeof(PretrainingRates), typeof(MonitoringOptions)];
        Assert.All(sections, section => Assert.Equal(
            section.GetProperties(BindingFlags.Public | BindingFlags.Instance).Select(p => p.Name).Except(["Decoder"]).Order(),
            OptionTable.For(section).Options.Select(o => o.Property?.Name).OfType<string>().Order()));
    }

    [Theory]
    [InlineData("", "vit_base_patch16_224", 512, 8, 16)] // MAE's own
    [InlineData("backbone=vit_large_patch16_224", "vit_large_patch16_224", 512, 8, 16)]
    [InlineData("backbone=vit_small_patch16_224", "vit_small_patch16_224", 256, 4, 8)]
    [InlineData("backbone=vit_tiny_patch16_224", "vit_tiny_patch16_224", 128, 4, 4)]
    public void Resolve_NoDecoder_TakesMaesOrASmallerOne(string given, string backbone, int width, int depth, int heads)
    {
        PretrainingRecipe recipe = Resolve(given, images: 10_000).Recipe;
        Assert.Equal(backbone, recipe.Model.Backbone);
        Assert.Equal(new DecoderShape(width, depth, heads), recipe.Masking.Decoder);
    }

    [Theory]
    [InlineData("", 64, 3e-4)] // 2.4e-3 x sqrt(64 / 4096)
    [InlineData("batch-size=1024,accumulate=4", 1024, 2.4e-3)]
    [InlineData("base-lr=1.5e-4,batch-size=256", 256, 1.5e-4)]
    [InlineData("lr=1e-3", 64, 1e-3)]
    public void Resolve_Rate_IsScaledByTheImagesOfAnUpdate(string given, int batch, double rate)
    {
        PretrainingRecipe recipe = Resolve(given, images: 10_000).Recipe;
        Assert.Equal(batch, recipe.Optimisation.BatchSize);
        Assert.Equal(rate, recipe.Optimisation.LearningRate, 1e-9);
    }

    [Theory]
    [InlineData(200, 40, 4, 50)]
    [InlineData(100, 20, 2, 25)]
    [InlineData(3, 0.6, 1, 1)]
    public void Resolve_Epochs_DecideWarmUpMeasurementsAndCheckpoints(int epochs, double warmUp, int every, int checkpoints)
    {
        PretrainingRecipe recipe = Resolve($"epochs={epochs}", images: 1000).Recipe;
        Assert.Equal((warmUp, every, checkpoints),
            (recipe.Optimisation.WarmupEpochs, recipe.Monitoring.ValidateEvery, recipe.Monitoring.CheckpointEvery));
    }

    [Fact]
    public void Write_ResolvedRecipe_ReadsBackToTheSame()
    {
        (PretrainingRecipe recipe, IReadOnlyList<ResolvedValue> values) = Resolve("epochs=7,mask-ratio=0.9,normalised-targets=true", images: 100);
        using var folder = new TemporaryFolder();
        RecipeFile.Write(recipe, values, folder["recipe.yaml"]);
        PretrainingRecipe again = Resolve([RecipeFile.Read(folder["recipe.yaml"], PretrainingRecipe.MaeCatalogue)], images: 100).Recipe;
        Assert.All(PretrainingRecipe.MaeCatalogue.All, option =>
            Assert.Equal(option.Format(((IRecipe)recipe).Read(option)), option.Format(((IRecipe)again).Read(option))));
        Assert.Equal(0.9, again.Masking.MaskRatio);
        Assert.True(again.Masking.NormalisedTargets);
    }

    private static (PretrainingRecipe Recipe, IReadOnlyList<ResolvedValue> Values) Resolve(string given, int images) => Resolve(
        [RecipeLayer.From(given.Split(',', StringSplitOptions.RemoveEmptyEntries)
            .Select(g => KeyValuePair.Create(g.Split('=')[0], g.Split('=')[1])), "command line", PretrainingRecipe.MaeCatalogue)], images);

    private static (PretrainingRecipe Recipe, IReadOnlyList<ResolvedValue> Values) Resolve(RecipeLayer[] layers, int images) =>
        PretrainingDefaults.Resolve(PartialRecipe.Merge([.. layers, PretrainingDefaults.Below(layers)]), new RecipeFacts
        {
            TrainingImages = images,
            PhysicalCores = 2,
            LogicalCores = 2,
            Probe = new ProductChoice("float32", "linear", "not probed"),
        });
}
