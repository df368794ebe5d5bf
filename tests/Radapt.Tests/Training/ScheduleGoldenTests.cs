using System.Text.Json.Nodes;
using Radapt.Adaptation;
using Radapt.Adaptation.Lora;
using Radapt.Compute;
using Radapt.Models;
using Radapt.Recipes;
using Radapt.Tests.Adaptation;
using Radapt.Tests.Golden;
using Radapt.Training;
using static TorchSharp.torch;

namespace Radapt.Tests.Training;

[Trait("Category", "Golden")]
public class ScheduleGoldenTests
{
    public static TheoryData<string> Groups => GoldenIndex.Ids("schedule", c => c.Id.Contains("param_groups", StringComparison.Ordinal));

    public static TheoryData<string> Trajectories => GoldenIndex.Ids("lora", c => c.Id.Contains("/traj_", StringComparison.Ordinal));

    [Fact]
    public void LearningRate_EveryGoldenRow_EqualsUpstream()
    {
        GoldenCase golden = GoldenIndex.Find("schedule/adjust_learning_rate");
        double rtol = (double)golden.Tolerance["rtol"]!;
        double atol = (double)golden.Tolerance["atol"]!;

        // second_start is an option of upstream that neither the paper's recipes nor Radapt have
        JsonNode[] tables = [.. golden.Json("table")["tables"]!.AsArray().Where(t => t!["config"]!["second_start"] is null)!];
        Assert.NotEmpty(tables);
        foreach (JsonNode table in tables)
        {
            JsonNode c = table["config"]!;
            var schedule = new LearningRate((double)c["lr"]!, (double)c["min_lr"]!, (double)c["warmup_epochs"]!, (double)c["epochs"]!);
            foreach (JsonNode? row in table["rows"]!.AsArray())
            {
                double expected = (double)row![2]!;
                Assert.Equal(expected, schedule.At((double)row[1]!), atol + (rtol * expected));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Groups))]
    public void ByLayer_EveryGoldenModel_GroupsEqualUpstream(string id)
    {
        GoldenCase golden = GoldenIndex.Find(id);
        JsonObject c = golden.Config;
        var plan = new ComputePlan("float32", "meta", 1);
        using var classifier = new Classifier(BackboneShape.FromName("vit_base_patch16_224")! with
        {
            Depth = (int)c["depth"]!,
        }, (int)c["classes"]!, Pooling.Mean, 0, plan);
        AdaptationMethod.Apply(classifier, (bool)c["lora"]! ? new LoraOptions() : new PlainMethod("full"), plan, 0);
        IReadOnlyList<ParameterGroup> groups =
            ParameterGroup.ByLayer(classifier.Trained(), (int)c["depth"]!, (double)c["layer_decay"]!, (double)c["weight_decay"]!);
        var actual = groups.SelectMany(g => g.Tensors.Select(t => (t.Name, g.Scale, g.WeightDecay))).ToDictionary(t => t.Name);
        int names = 0;
        foreach (JsonNode? group in golden.Json("table")["group_order"]!.AsArray())
        {
            foreach (string name in group!["names"]!.AsArray().Select(n => (string)n!))
            {
                double scale = (double)group["lr_scale"]!;
                Assert.Equal(scale, actual[name].Scale, (double)golden.Tolerance["rtol"]! * scale);
                Assert.Equal((double)group["weight_decay"]!, actual[name].WeightDecay);
                names++;
            }
        }

        Assert.Equal(names, actual.Count);
    }

    [Theory]
    [MemberData(nameof(Trajectories))]
    public void Optimizer_EveryTrajectory_LossesAndFinalTensorsEqualUpstream(string id)
    {
        GoldenCase golden = GoldenIndex.Find(id);
        JsonObject c = golden.Config;
        using var scope = NewDisposeScope();
        using var weights = new GoldenTensors(golden.File("weights"));
        using var data = new GoldenTensors(golden.File("data"));
        using var final = new GoldenTensors(golden.File("final"));
        double[] losses = [.. golden.Json("scalars")["loss"]!.AsArray().Select(l => (double)l!)];
        using Classifier classifier = LoraGoldenTests.Build(c);
        Assert.Empty(weights.CopyInto(classifier.Tensors()));
        sbyte[] labels = LoraGoldenTests.Labels(data["target"]);
        bool adamw = c["momentum"] is null;
        var settings = new OptimizerSettings
        {
            Depth = (int)c["depth"]!,
            Kind = adamw ? OptimizerKind.AdamW : OptimizerKind.Sgd,
            Momentum = adamw ? 0.9 : (double)c["momentum"]!,
            WeightDecay = (double)c["weight_decay"]!,
            LayerDecay = adamw ? (double)c["layer_decay"]! : 1,
        };
        using Optimizer optimizer = Optimizer.Create(settings, [.. classifier.Trained()]);
        var schedule = new LearningRate((double)c["lr"]!, (double)c["min_lr"]!, (double)c["warmup_epochs"]!, (double)c["epochs"]!);
        double lossTolerance = (double)golden.Tolerance["loss"]!["atol"]!;
        int steps = (int)c["steps"]!;
        for (int step = 0; step <= steps; step++)
        {
            using var stepScope = NewDisposeScope();
            Tensor loss = MaskedLoss.Compute(classifier.Forward(data["input"], ForwardPass.Evaluation), labels, null);
            Assert.Equal(losses[step], loss.item<float>(), lossTolerance);
            if (step < steps)
            {
                loss.backward();
                optimizer.Step((bool)c["scheduled"]! ? schedule.At(step / (double)c["steps_per_epoch"]!) : (double)c["lr"]!);
            }
        }

        foreach ((string name, Tensor tensor) in classifier.Trained())
        {
            GoldenAssert.Close(final[name], tensor, golden.Tolerance["params"]!, name);
        }
    }
}
