using Radapt.Models;
using Radapt.Models.Dialects;
using Radapt.Training;
using Radapt.Training.Recipes;
using static Radapt.Tests.Training.Recipes.RecipeTesting;

namespace Radapt.Tests.Training.Recipes;

public class RecipeResolverTests
{
    [Fact]
    public void Newcomer_GivesDataAndWeights_EverythingElseIsChosenWithAReason()
    {
        ResolvedRecipe resolved = Resolve(Run());
        var r = resolved.Recipe;
        Assert.Equal(("vit_base_patch16_224", 224, 16, 12, 768, 12), (r.Backbone, r.ImageSize, r.PatchSize, r.Depth, r.Width, r.Heads));
        Assert.Equal((0.4978, 0.2449, 224, "crop-flip"), (r.Mean, r.Std, r.Resize, r.Augment));
        Assert.Equal(("lora", 4, 32.0, 0.1, "q,v", 0.1),
            (r.Method, r.Rank, r.Alpha, r.LoraDropout, string.Join(",", r.LoraTargets), r.DropPath));
        Assert.Equal(("adamw", 1e-3, 1e-6, 0.05, 1.0), (r.Optimizer, r.Lr, r.MinLr, r.WeightDecay, r.LayerDecay));
        // 49 updates an epoch
        Assert.Equal((16, 1, 21, 1.05, 1, 5), (r.BatchSize, r.Accumulate, r.Epochs, r.WarmupEpochs, r.ValidateEvery, r.Patience));
        Assert.Equal((4, 4, 0L, "float32", "cpu"), (r.Threads, r.LoaderThreads, r.Seed, r.Precision, r.Device));

        Assert.All(resolved.Values.Where(v => v.Origin != "command line"),
            v => Assert.False(string.IsNullOrEmpty(v.Reason), $"{v.Name} has no reason"));
        Assert.Equal("weights", resolved.Value("mean").Origin);
        Assert.Equal("recognised: MRM checkpoint", resolved.Value("mean").Reason);
    }

    // M17: what a file beside the weights tells is taken, and named as the reason.
    [Theory]
    [InlineData("", 512, 520, " (518 px, cut to whole patches of 16 px); --image-size 224 takes about a fifth of the time")]
    [InlineData("--image-size 224", 224, 224, null)] // then its shorter side is that of another image
    public void Preprocessor_BesideTheWeights_IsTheReasonForPixels(string options, int imageSize, int resize, string? reason)
    {
        const string Told = "told by preprocessor_config.json";
        var preparation = new ToldPreparation(0.5307, 0.2583, 518, 520, "preprocessor_config.json");
        RecipeFacts facts = Facts with { WeightsMean = 0.5307, WeightsStd = 0.2583, WeightsPreparation = preparation };
        ResolvedRecipe resolved = RecipeResolver.Resolve([Run(options)], facts);
        var r = resolved.Recipe;
        Assert.Equal((0.5307, 0.2583, imageSize, resize), (r.Mean, r.Std, r.ImageSize, r.Resize));
        Assert.All(new[] { "mean", "std" }.Select(resolved.Value), v => Assert.Equal(("weights", Told), (v.Origin, v.Reason)));
        Assert.Equal(reason is null ? "command line" : "weights", resolved.Value("image-size").Origin);
        if (reason is not null)
        {
            Assert.Equal(Told + reason, resolved.Value("image-size").Reason);
            Assert.Equal(Told, resolved.Value("resize").Reason);
        }
    }

    [Theory]
    [InlineData(10, 10, 100, 2, 5)] // one update an epoch
    [InlineData(320, 16, 50, 1, 5)] // twenty
    [InlineData(78468, 16, 3, 1, 5)]
    public void Schedule_FollowsTheNumberOfTrainingImages(int images, int batch, int epochs, int every, int patience)
    {
        var r = RecipeResolver.Resolve([Run()], Facts with { TrainingImages = images }).Recipe;
        Assert.Equal((batch, epochs, every, patience), (r.BatchSize, r.Epochs, r.ValidateEvery, r.Patience));
    }

    [Theory]
    [InlineData("lora", "adamw", 1e-3, 0.05, 1, 0.1)]
    [InlineData("linear", "adamw", 1e-2, 0.05, 1, 0)]
    [InlineData("full", "adamw", 1e-4, 0.05, 0.65, 0.1)]
    [InlineData("lora", "sgd", 0.05, 0, 1, 0.1)]
    [InlineData("full", "sgd", 0.01, 0, 1, 0.1)]
    public void Rates_FollowMethodAndOptimizer(
        string method, string optimizer, double lr, double weightDecay, double layerDecay, double dropPath)
    {
        var r = Resolve(Run($"--method {method} --optimizer {optimizer}")).Recipe;
        Assert.Equal((lr, weightDecay, layerDecay, dropPath), (r.Lr, r.WeightDecay, r.LayerDecay, r.DropPath));
    }

    [Theory]
    [InlineData("--method linear", "none", 0)]
    [InlineData("--method linear --augment crop-flip", "crop-flip", 0)]
    [InlineData("--method lora --lora-blocks 10,11 --augment none", "none", 0)]
    [InlineData("--method lora --lora-blocks 10,11", "crop-flip", 0.1)]
    [InlineData("--method lora --lora-blocks 0,11 --augment none", "none", 0.1)]
    [InlineData("--method lora --augment none", "none", 0.1)]
    public void FrozenLowerBlocks_WithoutAugmentation_AreNotMadeRandom(string line, string augment, double dropPath)
    {
        var r = Resolve(Run(line)).Recipe;
        Assert.Equal((augment, dropPath), (r.Augment, r.DropPath));
    }

    [Fact]
    public void BaseLr_IsScaledByTheEffectiveBatch()
    {
        ResolvedRecipe resolved = Resolve(Run("--base-lr 3e-3 --batch-size 32 --accumulate 2"));
        Assert.Equal(7.5e-4, resolved.Recipe.Lr, 1e-15);
        Assert.Equal("base-lr 0.003 x 64 images an update / 256", resolved.Value("lr").Reason);
        Assert.DoesNotContain(resolved.Values, v => v.Name == "base-lr");
    }

    [Fact]
    public void FromScratch_TakesTheNamedBackboneAndThePapersStatistics()
    {
        ResolvedRecipe resolved = RecipeResolver.Resolve(
            [Line("--data d --from-scratch --backbone vit_tiny_patch16_224 --depth 6 --image-size 28 --patch-size 4")], Facts with
            {
                WeightsShape = null,
                WeightsMean = null,
            });
        var r = resolved.Recipe;
        Assert.Equal((28, 4, 6, 192, 3, "shift-flip-noise"), (r.ImageSize, r.PatchSize, r.Depth, r.Width, r.Heads, r.Augment));
        Assert.Equal((0.4785, 0.2834), (r.Mean, r.Std));
        Assert.Equal("--from-scratch needs --backbone NAME, such as vit_small_patch16_224.",
            Error(() => Resolve(Line("--data d --from-scratch"))));
    }

    [Fact]
    public void Weights_OfUnusualDimensions_MakeACustomBackbone_ThatCanBePassedBack()
    {
        RecipeFacts facts = Facts with { WeightsShape = new BackboneShape(28, 4, 6, 192, 3) };
        ResolvedRecipe resolved = RecipeResolver.Resolve([Run()], facts);
        Assert.Equal(("custom", 6), (resolved.Recipe.Backbone, resolved.Recipe.Depth));
        using var folder = new TemporaryFolder();
        RecipeFile.Write(resolved, folder["r.yaml"]);
        AssertSame(resolved.Recipe, RecipeResolver.Resolve([RecipeFile.Read(folder["r.yaml"])], facts).Recipe);
    }

    [Fact]
    public void DinoWeightsOf518Pixels_RunAt224() =>
        Assert.Equal(224, RecipeResolver.Resolve([Run()], Facts with
        {
            WeightsShape = new BackboneShape(518, 14, 12, 768, 12),
        }).Recipe.ImageSize);

    [Fact]
    public void AnotherImageSizeThanTheWeights_IsNoContradiction()
    {
        var r = Resolve(Run("--image-size 384")).Recipe;
        Assert.Equal((384, 384, "vit_base_patch16_224"), (r.ImageSize, r.Resize, r.Backbone));
    }

    [Theory]
    [InlineData("", null, "on", "a minute or two")]
    [InlineData("", 10, "on", "about 10 min")]
    [InlineData("", 16, "off", "decoding every image takes about 16 min, more than 15")]
    [InlineData("--check-pixels auto", 16, "off", "about 16 min")]
    [InlineData("--cache c", 160, "on", "kept in the cache")]
    [InlineData("--check-pixels on", 160, "on", null)]
    public void CheckPixels_FollowsTheTimeOfDecoding(string line, int? minutes, string expected, string? reason)
    {
        ResolvedRecipe resolved = RecipeResolver.Resolve([Run(line)], Facts with
        {
            DecodingTime = minutes is { } m ? TimeSpan.FromMinutes(m) : null,
        });
        Assert.Equal(expected, resolved.Recipe.CheckPixels);
        Assert.Contains(reason ?? "", resolved.Value("check-pixels").Reason ?? "", StringComparison.Ordinal);
        Assert.Equal("1%", resolved.Value("skip-unreadable").Value);
    }

    [Theory]
    [InlineData("2.5%", 0.025)]
    [InlineData("0", 0.0)]
    [InlineData("0.29", 0.29)]
    [InlineData("100%", 1.0)]
    [InlineData("101%", null)]
    [InlineData("2", null)]
    [InlineData("-1%", null)]
    [InlineData("1%%", null)]
    [InlineData("few", null)]
    public void SkipUnreadable_Share_IsReadOrRefused(string text, double? expected)
    {
        if (expected is { } share)
        {
            Recipe recipe = Resolve(Run($"--skip-unreadable {text}")).Recipe;
            Assert.Equal(share, recipe.SkipUnreadable, 1e-12);
            Assert.Equal(recipe, recipe with
            {
                SkipUnreadable =
                    RecipeResolver.Partial(
                        [Yaml($"skip-unreadable: {Resolve(Run($"--skip-unreadable {text}")).Value("skip-unreadable").Value}")]).SkipUnreadable,
            });
        }
        else
        {
            Assert.Equal($"--skip-unreadable: '{text}' is not a share from 0% to 100%.", Error(() => Run($"--skip-unreadable {text}")));
        }
    }

    [Theory]
    [InlineData("--backbone vit_large_patch16_224",
        "--backbone: vit_large_patch16_224 does not fit the weights (MRM checkpoint, vit_base_patch16_224): depth "
            + "24 against 12, width 1024 against 768.")]
    [InlineData("--depth 6",
        "--depth: vit_base_patch16_224 does not fit the weights (MRM checkpoint, vit_base_patch16_224): depth 6 against 12.")]
    [InlineData("--backbone resnet50", "--backbone: resnet50 is no backbone that Radapt knows")]
    [InlineData("--image-size 225", "--image-size: 225 px cannot be cut into patches of 16 px")]
    [InlineData("--heads 7", "--heads: 768 channels cannot be shared among 7 heads.")]
    [InlineData("--resize 200", "--resize: 200 px is less than the image size of 224 px")]
    [InlineData("--cache-size 256", "--cache-size: there is no cache whose size it could be")]
    [InlineData("--cache c --cache-size 200", "--cache-size: 200 px is less than the 224 px that evaluation resizes to")]
    [InlineData("--lora-blocks 11,12", "--lora-blocks: the backbone has the blocks 0 to 11.")]
    [InlineData("--epochs 3 --warmup-epochs 5", "--warmup-epochs: a warm-up of 5 epochs is longer than the training of 3")]
    [InlineData("--min-lr 0.1", "--min-lr: 0.1 is more than the peak learning rate 0.001.")]
    [InlineData("--findings A,B --pos-weight 1,2,3", "--pos-weight: 3 weights for 2 findings; give one each.")]
    public void Contradictions_AreNamed(string line, string message) =>
        Assert.StartsWith(message, Error(() => Resolve(Run(line))), StringComparison.Ordinal);

    [Fact]
    public void ContradictionInARecipe_NamesFileAndLine() =>
        Assert.StartsWith("my.yaml:2: depth: vit_base_patch16_224 does not fit", Error(() => Resolve(Run(), Yaml("# mine\ndepth: 6"))),
            StringComparison.Ordinal);

    [Theory]
    [InlineData("--weights w.pth", "There are no images to learn from")]
    [InlineData("--weights w.pth --train a.txt", "There are no images to learn from")]
    [InlineData("--data d", "There are no weights to start from")]
    public void MissingSources_SayWhatToGive(string line, string message) =>
        Assert.StartsWith(message, Error(() => Resolve(Line(line))), StringComparison.Ordinal);
}
