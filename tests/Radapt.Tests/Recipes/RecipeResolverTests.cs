using Radapt.Adaptation.Lora;
using Radapt.Models;
using Radapt.Models.Dialects;
using Radapt.Options;
using Radapt.Recipes;
using static Radapt.Tests.Recipes.RecipeTesting;

namespace Radapt.Tests.Recipes;

public class RecipeResolverTests
{
    [Fact]
    public void Newcomer_GivesDataAndWeights_EverythingElseIsChosenWithAReason()
    {
        ResolvedRecipe resolved = Resolve(Run());
        Recipe r = resolved.Recipe;
        ModelOptions m = r.Model;
        PixelOptions p = r.Pixels;
        OptimisationOptions o = r.Optimisation;
        ComputeOptions c = r.Compute;
        ValidationOptions validation = r.Validation;
        LoraOptions lora = Assert.IsType<LoraOptions>(r.Method);
        Assert.Equal(("vit_base_patch16_224", 224, 16, 12, 768, 12), (m.Backbone, m.ImageSize, m.PatchSize, m.Depth, m.Width, m.Heads));
        Assert.Equal((0.4978, 0.2449, 224, "crop-flip"), (p.Mean, p.Std, p.Resize, p.Augment.Spelled()));
        Assert.Equal(("lora", 4, 32.0, 0.1, "q,v", 0.1),
            (r.Method.Name, lora.Rank, lora.Alpha, lora.Dropout, string.Join(",", lora.Targets), m.DropPath));
        Assert.Equal(("adamw", 1e-3, 1e-6, 0.05, 1.0), (o.Optimizer.Spelled(), o.LearningRate, o.LastRate, o.WeightDecay, o.LayerDecay));
        // 49 updates an epoch
        Assert.Equal((16, 1, 21, 1.05, 1, 5), (o.BatchSize, o.Accumulate, o.Epochs, o.WarmupEpochs, validation.Every, validation.Patience));
        Assert.Equal((4, 4, 0L, "float32", "cpu"), (c.Threads, c.LoaderThreads, r.Seed, c.Precision.Spelled(), c.Device.Spelled()));

        Assert.All(resolved.Values.Where(v => v.Origin != "command line"),
            v => Assert.False(string.IsNullOrEmpty(v.Reason), $"{v.Name} has no reason"));
        Assert.Equal("weights", resolved.Value("mean").Origin);
        Assert.Equal("recognised: MRM checkpoint", resolved.Value("mean").Reason);
    }

    [Theory]
    [InlineData(1, 1, 4, "the 4 physical cores of this machine (8 hardware threads)", 1, "an update for every batch")]
    [InlineData(6, 3, 1, "the 4 physical cores of this machine (8 hardware threads), divided among its 3 ranks", 6,
        "one forward pass on each of the 6 ranks")]
    [InlineData(2, 1, 4, "4 physical cores that mpirun lets each rank use; --bind-to none: all", 2,
        "one forward pass on each of the 2 ranks")]
    [InlineData(8, 8, 1, "the 4 physical cores of this machine (8 hardware threads), divided among its 8 ranks", 8,
        "one forward pass on each of the 8 ranks")]
    public void Ranks_OfMpirun_DivideCoresAndForwardPasses(int ranks, int sharing, int threads, string why, int accumulate, string reason)
    {
        ResolvedRecipe resolved = RecipeResolver.Resolve([Run()], Facts with { Ranks = ranks, RanksSharing = sharing });
        Assert.Equal((threads, accumulate), (resolved.Recipe.Compute.Threads, resolved.Recipe.Optimisation.Accumulate));
        Assert.Equal((why, reason), (resolved.Value("threads").Reason, resolved.Value("accumulate").Reason));
        Assert.Equal(threads, resolved.Recipe.Compute.LoaderThreads);
    }

    [Theory]
    [InlineData("--accumulate 3", 4,
        "--accumulate: 3 forward passes an update cannot be divided among 4 ranks. Start at most 3 (mpirun -n 3)")]
    [InlineData("--accumulate 1", 2, "--accumulate: 1 forward pass an update cannot be divided among 2 ranks. Start radapt without mpirun")]
    [InlineData("--method ridge --accumulate 2", 2,
        "--method: ridge fits the head in one pass over the images, in one process: start radapt without mpirun.")]
    public void Ranks_WithNothingToDo_AreRefused(string options, int ranks, string message) =>
        Assert.StartsWith(message, Assert.Throws<RadaptException>(
            () => RecipeResolver.Resolve([Run(options)], Facts with { Ranks = ranks })).Message, StringComparison.Ordinal);

    // M17: what a file beside the weights tells is taken, and named as the reason.
    [Theory]
    [InlineData("", 512, 520, " (518 px, reduced to whole patches of 16 px); --image-size 224 takes about a fifth of the time")]
    [InlineData("--image-size 224", 224, 224, null)] // then its shorter side is that of another image
    public void Preprocessor_BesideTheWeights_IsTheReasonForPixels(string options, int imageSize, int resize, string? reason)
    {
        const string Told = "stated in preprocessor_config.json";
        var preparation = new ToldPreparation(0.5307, 0.2583, 518, 520, "preprocessor_config.json");
        RecipeFacts facts = Facts with { WeightsMean = 0.5307, WeightsStd = 0.2583, WeightsPreparation = preparation };
        ResolvedRecipe resolved = RecipeResolver.Resolve([Run(options)], facts);
        Recipe r = resolved.Recipe;
        ModelOptions m = r.Model;
        PixelOptions p = r.Pixels;
        Assert.Equal((0.5307, 0.2583, imageSize, resize), (p.Mean, p.Std, m.ImageSize, p.Resize));
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
        Recipe r = RecipeResolver.Resolve([Run()], Facts with { TrainingImages = images }).Recipe;
        OptimisationOptions o = r.Optimisation;
        ValidationOptions v = r.Validation;
        Assert.Equal((batch, epochs, every, patience), (o.BatchSize, o.Epochs, v.Every, v.Patience));
    }

    [Theory]
    [InlineData("lora", "adamw", 1e-3, 0.05, 1, 0.1)]
    [InlineData("linear", "adamw", 1e-2, 0.05, 1, 0)]
    [InlineData("full", "adamw", 2.5e-4, 0.05, 0.65, 0.1)]
    [InlineData("lora", "sgd", 0.05, 0, 1, 0.1)]
    [InlineData("full", "sgd", 0.01, 0, 1, 0.1)]
    public void Rates_FollowMethodAndOptimizer(
        string method, string optimizer, double lr, double weightDecay, double layerDecay, double dropPath)
    {
        Recipe r = Resolve(Run($"--method {method} --optimizer {optimizer}")).Recipe;
        ModelOptions m = r.Model;
        OptimisationOptions o = r.Optimisation;
        Assert.Equal((lr, weightDecay, layerDecay, dropPath), (o.LearningRate, o.WeightDecay, o.LayerDecay, m.DropPath));
    }

    [Theory]
    [InlineData("vit_tiny_patch16_224", 1e-3)]
    [InlineData("vit_small_patch16_224", 5e-4)]
    [InlineData("vit_base_patch16_224", 2.5e-4)]
    [InlineData("vit_large_patch16_224", 1.9e-4)]
    public void RateOfFull_IsInverseToTheWidth(string backbone, double lr) =>
        Assert.Equal(lr, RecipeResolver.Resolve([Run("--method full")],
            Facts with { WeightsShape = BackboneShape.FromName(backbone) }).Recipe.Optimisation.LearningRate);

    [Theory]
    [InlineData("--method linear", "none", 0)]
    [InlineData("--method linear --augment crop-flip", "crop-flip", 0)]
    [InlineData("--method lora --lora-blocks 10,11 --augment none", "none", 0)]
    [InlineData("--method lora --lora-blocks 10,11", "crop-flip", 0.1)]
    [InlineData("--method lora --lora-blocks 0,11 --augment none", "none", 0.1)]
    [InlineData("--method lora --augment none", "none", 0.1)]
    public void FrozenLowerBlocks_WithoutAugmentation_AreNotMadeRandom(string line, string augment, double dropPath)
    {
        Recipe r = Resolve(Run(line)).Recipe;
        ModelOptions m = r.Model;
        PixelOptions p = r.Pixels;
        Assert.Equal((augment, dropPath), (p.Augment.Spelled(), m.DropPath));
    }

    [Fact]
    public void BaseLr_IsScaledByTheEffectiveBatch()
    {
        ResolvedRecipe resolved = Resolve(Run("--base-lr 3e-3 --batch-size 32 --accumulate 2"));
        Assert.Equal(7.5e-4, resolved.Recipe.Optimisation.LearningRate, 1e-15);
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
        Recipe r = resolved.Recipe;
        ModelOptions m = r.Model;
        PixelOptions p = r.Pixels;
        Assert.Equal((28, 4, 6, 192, 3, "shift-flip-noise"), (m.ImageSize, m.PatchSize, m.Depth, m.Width, m.Heads, p.Augment.Spelled()));
        Assert.Equal((0.4785, 0.2834), (p.Mean, p.Std));
        Assert.Equal("--from-scratch needs --backbone NAME, such as vit_small_patch16_224.",
            Error(() => Resolve(Line("--data d --from-scratch"))));
    }

    [Fact]
    public void Weights_OfUnusualDimensions_MakeACustomBackbone_ThatCanBePassedBack()
    {
        RecipeFacts facts = Facts with { WeightsShape = new BackboneShape(28, 4, 6, 192, 3) };
        ResolvedRecipe resolved = RecipeResolver.Resolve([Run()], facts);
        Assert.Equal(("custom", 6), (resolved.Recipe.Model.Backbone, resolved.Recipe.Model.Depth));
        using var folder = new TemporaryFolder();
        RecipeFile.Write(resolved, folder["r.yaml"]);
        AssertSame(resolved.Recipe, RecipeResolver.Resolve([RecipeFile.Read(folder["r.yaml"])], facts).Recipe);
    }

    [Fact]
    public void DinoWeightsOf518Pixels_RunAt224() =>
        Assert.Equal(224, RecipeResolver.Resolve([Run()], Facts with
        {
            WeightsShape = new BackboneShape(518, 14, 12, 768, 12),
        }).Recipe.Model.ImageSize);

    [Fact]
    public void AnotherImageSizeThanTheWeights_IsNotAContradiction()
    {
        Recipe r = Resolve(Run("--image-size 384")).Recipe;
        ModelOptions m = r.Model;
        PixelOptions p = r.Pixels;
        Assert.Equal((384, 384, "vit_base_patch16_224"), (m.ImageSize, p.Resize, m.Backbone));
    }

    [Theory]
    [InlineData("", null, true, "a minute or two")]
    [InlineData("", 10, true, "about 10 min")]
    [InlineData("", 16, false, "decoding every image takes about 16 min, more than 15")]
    [InlineData("--check-pixels auto", 16, false, "about 16 min")]
    [InlineData("--cache c", 160, true, "kept in the cache")]
    [InlineData("--check-pixels on", 160, true, null)]
    public void CheckPixels_FollowsTheTimeOfDecoding(string line, int? minutes, bool expected, string? reason)
    {
        ResolvedRecipe resolved = RecipeResolver.Resolve([Run(line)], Facts with
        {
            DecodingTime = minutes is { } m ? TimeSpan.FromMinutes(m) : null,
        });
        Assert.Equal(expected, resolved.Recipe.Data.CheckPixels);
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
            ResolvedRecipe resolved = Resolve(Run($"--skip-unreadable {text}"));
            Assert.Equal(share, resolved.Recipe.Data.SkipUnreadable.Fraction, 1e-12);
            var again = PartialRecipe.Merge([Yaml($"skip-unreadable: {resolved.Value("skip-unreadable").Value}")]);
            Assert.Equal(resolved.Recipe.Data.SkipUnreadable.Fraction, again.Data.SkipUnreadable.Fraction);
        }
        else
        {
            Assert.Equal($"--skip-unreadable must be a share from 0% to 100%, not '{text}'.", Error(() => Run($"--skip-unreadable {text}")));
        }
    }

    [Theory]
    [InlineData("--backbone vit_large_patch16_224",
        "--backbone: vit_large_patch16_224 does not fit the weights (MRM checkpoint, vit_base_patch16_224): depth "
            + "24 against 12, width 1024 against 768.")]
    [InlineData("--depth 6",
        "--depth: vit_base_patch16_224 does not fit the weights (MRM checkpoint, vit_base_patch16_224): depth 6 against 12.")]
    [InlineData("--backbone resnet50", "--backbone: resnet50 is not a backbone that Radapt knows")]
    [InlineData("--image-size 225", "--image-size: 225 px cannot be cut into patches of 16 px")]
    [InlineData("--heads 7", "--heads: 768 channels cannot be divided among 7 heads.")]
    [InlineData("--resize 200", "--resize: 200 px is less than the image size of 224 px")]
    [InlineData("--cache-size 256", "--cache-size: this is the size of a cache, but there is no cache")]
    [InlineData("--cache c --cache-size 200", "--cache-size: 200 px is less than the 224 px that evaluation resizes to")]
    [InlineData("--lora-blocks 11,12", "--lora-blocks: the backbone's blocks are 0 to 11; name some of these.")]
    [InlineData("--epochs 3 --warmup-epochs 5", "--warmup-epochs: a warm-up of 5 epochs is longer than the training of 3")]
    [InlineData("--min-lr 0.1", "--min-lr: 0.1 is more than the peak learning rate 0.001.")]
    [InlineData("--findings A,B --pos-weight 1,2,3", "--pos-weight: 3 weights are given for 2 findings; give one per finding.")]
    public void Contradictions_AreNamed(string line, string message) =>
        Assert.StartsWith(message, Error(() => Resolve(Run(line))), StringComparison.Ordinal);

    [Fact]
    public void ContradictionInARecipe_NamesFileAndLine() =>
        Assert.StartsWith("my.yaml:2: depth: vit_base_patch16_224 does not fit", Error(() => Resolve(Run(), Yaml("# mine\ndepth: 6"))),
            StringComparison.Ordinal);

    [Theory]
    [InlineData("", "every column of the table that holds findings")]
    [InlineData("--text-findings report", "what its column lists")]
    [InlineData("--class-column class", "its classes")]
    public void Findings_OfTheData_AreRecorded_AndPassedBackGiveTheSame(string options, string reason)
    {
        RecipeFacts facts = Facts with { Findings = ["Edema", "Mass, left"] };
        ResolvedRecipe resolved = RecipeResolver.Resolve([Run(options)], facts);
        Assert.Equal(["Edema", "Mass, left"], resolved.Recipe.Data.Findings);
        Assert.Equal(("default", reason), (resolved.Value("findings").Origin, resolved.Value("findings").Reason));
        RecipeLayer written = Yaml(RecipeWriter.Write(resolved));
        Assert.Equal(["Edema", "Mass, left"], PartialRecipe.Merge([written]).Data.Findings);
        AssertSame(resolved.Recipe, RecipeResolver.Resolve([written], facts).Recipe);

        // Recorded as chosen, they follow other data.
        Assert.Empty(PartialRecipe.Merge([Line("--data other.csv"), written]).Data.Findings);
    }

    [Fact] // recipes of runs before findings were recorded
    public void Findings_RecordedAsNone_AreThoseOfTheData()
    {
        RecipeLayer older = Yaml("findings: {value: [], source: default, reason: every 0/1 column of the table}");
        ResolvedRecipe resolved = RecipeResolver.Resolve([Run(), older], Facts with { Findings = ["Edema"] });
        Assert.Equal(["Edema"], resolved.Recipe.Data.Findings);
    }

    [Theory]
    [InlineData("--weights w.pth", "There are no images to learn from")]
    [InlineData("--weights w.pth --train a.txt", "There are no images to learn from")]
    [InlineData("--data d",
        "There are no weights to start from; give --weights FILE (a checkpoint, merged weights or a run folder), or --from-scratch. `radapt weights` lists weights that others publish, docs/weights.md says how to get them.")] // WORKFLOW C3
    public void MissingSources_SayWhatToGive(string line, string message) =>
        Assert.StartsWith(message, Error(() => Resolve(Line(line))), StringComparison.Ordinal);
}
