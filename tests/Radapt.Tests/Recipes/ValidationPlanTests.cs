using Radapt.Datasets;
using Radapt.Datasets.Splits;
using Radapt.Metrics;
using Radapt.Recipes;
using static Radapt.Tests.Datasets.Published.PublishedTesting;
using static Radapt.Tests.Recipes.RecipeTesting;

namespace Radapt.Tests.Training;

/// <summary>How often and on how many images a run validates: docs/formats.md, "Validation".</summary>
public class ValidationPlanTests
{
    // ChestX-ray14's validation images in number, a patient for every four: 14 findings, from one in five to one in 500.
    private static readonly LabelledImages s_nih =
        new([.. Enumerable.Range(0, 14).Select(f => $"f{f}")], [.. Enumerable.Range(0, 11219).Select(i => new LabelledImage(
        $"{i}.png", $"/{i}.png", $"p{i / 4}",
            [.. Enumerable.Range(0, 14).Select(f => (sbyte)((i * 7919L / (f + 1)) % (5 + (f * 38)) == 0 ? 1 : 0))]))]);

    [Theory]
    [InlineData("--method lora", 2)]
    [InlineData("--method bitfit", 2)]
    [InlineData("--method lora --lora-blocks 6-11", 1.5)]
    [InlineData("--method lora --lora-ranks 0,0,0,4,4,4,4,4,4,4,4,4", 1.75)]
    [InlineData("--method last-k --last-k 3", 1.5)]
    [InlineData("--method linear", 1)]
    [InlineData("--method full", 3)]
    [InlineData("--method full --recompute", 4)]
    public void PassesOfTraining_Method_CountsItsGradients(string line, double passes) =>
        Assert.Equal(passes, ValidationPlan.PassesOfTraining(Resolve(Run(line)).Recipe), 1e-12);

    [Theory]
    [InlineData(785, 11219, 100)]
    [InlineData(785, 11219, 21)]
    [InlineData(524, 4708, 30)]
    [InlineData(4708, 524, 25)]
    [InlineData(40, 400, 7)]
    [InlineData(86524, 11219, 3)]
    public void Every_Images_KeepsWithinAThird(int training, int validation, int epochs)
    {
        double passes = ValidationPlan.PassesOfTraining(Resolve(Run($"--epochs {epochs}")).Recipe);
        var plan = new ValidationPlan(epochs, passes, training, validation);
        int every = plan.Every(validation);
        // the last epoch is always validated; scoring all images once may be much
        bool mayBeMore = every == epochs || validation > training * epochs / 2;
        Assert.True(mayBeMore || plan.Share(validation, every) <= 1 / 3.0, $"{plan.Share(validation, every):P1}");
        Assert.True(every == epochs || plan.Fits(validation, every));
        Assert.True(every == 1 || !plan.Fits(validation, every - 1), "it could be more often");
    }

    [Fact]
    public void Resolve_ManyMoreValidationThanTrainingImages_ChoosesAPartAndADistance()
    {
        RecipeFacts facts = Facts with { Validation = s_nih };
        ResolvedRecipe resolved = RecipeResolver.Resolve([Run("--epochs 100")], facts);
        Recipe recipe = resolved.Recipe;
        LabelledImages part = ValidationPlan.Choosing(s_nih, recipe.Validation.Images, 0);
        Assert.Equal(recipe.Validation.Images, part.Items.Count);
        Assert.True(part.Items.Count < s_nih.Items.Count / 2, $"{part.Items.Count} images");
        double of(LabelledImages images) => AurocError.Mean(0.8, images.CountLabels().Select(c => (c.Positives, c.Negatives)))!.Value;
        Assert.True(of(s_nih) > 0.01);
        Assert.InRange(of(part), of(s_nih), 1.25 * of(s_nih)); // rare findings: not even all images have an error of 0.01
        var plan = new ValidationPlan(recipe.Optimisation.Epochs, ValidationPlan.PassesOfTraining(recipe), 785, s_nih.Items.Count);
        Assert.InRange(plan.Share(part.Items.Count, recipe.Validation.Every), 0.25, 1 / 3.0);
        Assert.Contains("standard error of the mean AUROC of 0.013", resolved.Value("validate-images").Reason, StringComparison.Ordinal);
        Assert.Contains("of the run", resolved.Value("validate-every").Reason, StringComparison.Ordinal);

        // Passed back, with or without the facts that led to it, the file gives the same.
        using var folder = new TemporaryFolder();
        RecipeFile.Write(resolved, folder["r.yaml"]);
        RecipeLayer written = RecipeFile.Read(folder["r.yaml"]);
        AssertSame(recipe, RecipeResolver.Resolve([written], facts).Recipe);
        AssertSame(recipe, RecipeResolver.Resolve([written], Facts).Recipe);
        DataOptions data = PartialRecipe.Merge([written]).Data;
        Assert.Equal(part.Items, ValidationPlan.Choosing(s_nih, recipe.Validation.Images, ValidationPlan.Seed(data)).Items);
    }

    [Theory]
    [InlineData("--validate-every 1", 1, null)] // as in the paper's recipes
    [InlineData("--validate-every 3 --validate-images all", 3, null)]
    [InlineData("--validate-every 2 --validate-images 500", 2, 500)]
    [InlineData("--validate-images all", 20, null)] // 785 x 100 x 2 / 2 - 11219 = 67281 forward passes: five validations
    [InlineData("--validate-every auto --validate-images all", 20, null)]
    public void Resolve_GivenValues_AreKept(string line, int every, int? images)
    {
        Recipe recipe = RecipeResolver.Resolve([Run($"--epochs 100 {line}")], Facts with { Validation = s_nih }).Recipe;
        Assert.Equal((every, images), (recipe.Validation.Every, recipe.Validation.Images));
    }

    [Fact]
    public void Resolve_FewValidationImages_UsesAllAfterEveryEpoch()
    {
        LabelledImages few = s_nih with { Items = [.. s_nih.Items.Take(100)] };
        ResolvedRecipe resolved = RecipeResolver.Resolve([Run()], Facts with { Validation = few });
        Assert.Equal((1, null), (resolved.Recipe.Validation.Every, resolved.Recipe.Validation.Images));
        Assert.Contains("all 100 after every epoch", resolved.Value("validate-images").Reason, StringComparison.Ordinal);
    }

    /// <summary>The figures of docs/performance.md, "What an evening buys".</summary>
    [Fact]
    public void Resolve_PaperNihLists_GivesTheDocumentedPlan()
    {
        DataParts lists = Read($"nih:{Path.Combine(Repository.RealData("paper-splits"), "NIH_ChestX-ray")}", new DataOptions
        {
            LabelFraction = LabelFraction.Parse("1%"),
        }).Parts;
        var validation =
            new LabelledImages(lists.Findings,
                [.. lists.Parts[1].Select(r => new LabelledImage(r.Row.Name, r.Path, r.Row.Patient, r.Row.Labels))]);
        ResolvedRecipe resolved = RecipeResolver.Resolve(
            [Run("--validate-every auto --validate-images auto"), RecipeFile.Open("mrm-nih-1-lora")], Facts with
            {
                TrainingImages = lists.Parts[0].Count,
                Validation = validation,
            });
        Assert.Equal((785, 11219, 1242, 2),
            (lists.Parts[0].Count, validation.Items.Count, resolved.Recipe.Validation.Images, resolved.Recipe.Validation.Every));
    }

    [Theory]
    [InlineData("--validate-every 0", "--validate-every must be auto or a whole number of at least 1, not '0'.")]
    [InlineData("--validate-images -3", "--validate-images must be auto, all or a whole number of at least 1, not '-3'.")]
    [InlineData("--validate-images some", "--validate-images must be auto, all or a whole number of at least 1, not 'some'.")]
    public void Parse_NoCount_SaysWhatIsExpected(string line, string message) => Assert.Equal(message, Error(() => Run(line)));

    [Fact]
    public void Choosing_FewerThanBothClassesNeed_SaysHowMany()
    {
        Recipe recipe = Resolve(Run("--validate-images 2")).Recipe;
        Assert.StartsWith("--validate-images 2: one positive and one negative of every finding, in whole patients, are ",
            Error(() => ValidationPlan.Choosing(s_nih, recipe.Validation.Images, 0)), StringComparison.Ordinal);
        Assert.Same(s_nih, ValidationPlan.Choosing(s_nih, s_nih.Items.Count, 0));
    }
}
