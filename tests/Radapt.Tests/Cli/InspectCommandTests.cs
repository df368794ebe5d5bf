using System.Text.Json.Nodes;
using Radapt.Datasets.Phantoms;
using Radapt.Tests.Golden;

namespace Radapt.Tests.Cli;

[Collection(WholeCommands.Name)]
public sealed class InspectCommandTests(TinyRun tiny)
{
    [Fact]
    public async Task Inspect_RunFolder_ShowsTensorsAndMetadata()
    {
        RadaptResult shown = (await RadaptProcess.Run(tiny.Folder, "inspect", tiny.Run)).Expect(0);
        Assert.All(["head.weight", "(2, 32)", "Effusion", "radapt-adapter/1", "Recognised as: Radapt adapter"],
            text => Assert.Contains(text, shown.Output, StringComparison.Ordinal));
        RadaptResult json =
            (await RadaptProcess.Run(tiny.Folder, "inspect", Path.Combine(tiny.Run, "adapter.safetensors"), "--json")).Expect(0);
        Assert.Equal((int)json.Json["totals"]!["tensors"]!, json.Json["tensors"]!.AsArray().Count);
        Assert.Equal("lora", (string)json.Json["metadata"]!["method"]!);
    }

    // The card of the run, which has figures and no image.
    [Fact]
    public async Task Inspect_RunFolder_ShowsItsModelCard()
    {
        string shown = (await RadaptProcess.Run(tiny.Folder, "inspect", tiny.Run)).Expect(0).Output;
        JsonObject record = JsonNode.Parse(File.ReadAllText(Path.Combine(tiny.Run, "run.json")))!.AsObject();
        JsonObject card = (await RadaptProcess.Run(tiny.Folder, "inspect", tiny.Run, "--json")).Expect(0).Json["card"]!.AsObject();
        string[] expected =
            ["Model card", "Data, train: ", "Effusion: test AUROC", "Calibration, thresholds: ", "Accepts: views frontal", "Not for: "];
        Assert.All(expected, text => Assert.Contains(text, shown, StringComparison.Ordinal));
        Assert.DoesNotContain("\"schema\"", shown, StringComparison.Ordinal); // not as JSON besides
        Assert.Equal((int)record["data"]!["train"]!, (int)card["data"]!["train"]!["images"]!);
        Assert.Equal((double)record["test"]!["auroc"]!["Effusion"]!, (double)card["findings"]![0]!["auroc"]!["value"]!);
        Assert.StartsWith("lora (", (string)card["method"]!, StringComparison.Ordinal);
        string text = card.ToJsonString();
        string[] table = File.ReadAllLines(Path.Combine(tiny.Data, "labels.csv"));
        Assert.All(table[1..], row => Assert.All(row.Split(',').Where(v => v.Length > 5),
            value => Assert.DoesNotContain(value, text, StringComparison.Ordinal)));
        Assert.DoesNotContain(tiny.Folder, text, StringComparison.Ordinal);
        (await RadaptProcess.Run(tiny.Folder, "evaluate", tiny.Run)).Expect(0); // decisions.json is that of the file with its card
    }

    [Fact]
    public async Task Inspect_HostileCard_SaysSoInOneLine()
    {
        string adapter = Path.Combine(tiny.Folder, "hostile.safetensors");
        byte[] file = File.ReadAllBytes(Path.Combine(tiny.Run, "adapter.safetensors"));
        int length = (int)BitConverter.ToInt64(file);
        JsonObject header = JsonNode.Parse(file.AsSpan(8, length))!.AsObject();
        header["__metadata__"]!["card"] = "{\"schema\": \"\u001b[2Jyes\"}";
        byte[] changed = System.Text.Encoding.UTF8.GetBytes(header.ToJsonString());
        File.WriteAllBytes(adapter, [.. BitConverter.GetBytes((long)changed.Length), .. changed, .. file[(8 + length)..]]);

        RadaptResult shown = (await RadaptProcess.Run(tiny.Folder, "inspect", adapter)).Expect(0);
        Assert.Single(shown.Output.Split('\n'), l => l.Contains("the model card is not one that radapt writes", StringComparison.Ordinal));
        Assert.DoesNotContain('\u001b', shown.Output);
        RadaptResult refused = (await RadaptProcess.Run(tiny.Folder, "predict", adapter, tiny.Data, "-o", "none.csv")).Expect(2);
        Assert.Contains("the model card is not one that radapt writes", refused.ErrorLine, StringComparison.Ordinal);
    }

    public static TheoryData<string> Transformers => GoldenIndex.Ids("checkpoints", c => c.Entry["config"]?["img_size"] is not null);

    [Theory, MemberData(nameof(Transformers)), Trait("Category", "Golden")]
    public async Task Inspect_EveryGoldenTransformer_NamesItsDialectAndShape(string id)
    {
        GoldenCase golden = GoldenIndex.Find(id);
        JsonObject shown = (await RadaptProcess.Run(tiny.Folder, "inspect", golden.File("input"), "--json")).Expect(0).Json;
        string origin = id.Contains("dinov2", StringComparison.Ordinal) ? "DINOv2" : id.Contains("mrm", StringComparison.Ordinal) ? "MRM"
            : id.Contains("mae_pretrain", StringComparison.Ordinal) ? "MAE"
            : id.Contains("medpeft", StringComparison.Ordinal) ? "MED-PEFT" : "ViT";
        Assert.Contains(origin, (string)shown["description"]!, StringComparison.Ordinal);
        Assert.True((bool)shown["loadable"]!);
        JsonObject backbone = shown["backbone"]!.AsObject();
        (string Shown, string Config)[] same = [("image_size", "img_size"), ("patch_size", "patch_size"), ("depth", "depth"),
            ("width", "embed_dim")];
        Assert.All(same, pair => Assert.Equal((int)golden.Config[pair.Config]!, (int)backbone[pair.Shown]!));
        Assert.Equal((int?)golden.Config["num_register_tokens"] ?? 0, (int)backbone["registers"]!);
        Assert.Equal((string?)golden.Config["ffn_layer"] is "swiglufused" ? "swiglu" : "mlp", (string)backbone["ffn"]!);
        if ((bool)backbone["heads_known"]!)
        {
            Assert.Equal((int)golden.Config["num_heads"]!, (int)backbone["heads"]!);
        }
    }

    [Fact] // K3
    public async Task Inspect_MoreTensorsThanAnyoneReads_ListsTheFirstUnlessAsked()
    {
        using var folder = new TemporaryFolder();
        var tensors = Enumerable.Range(0, 2500).Select(i => $$"""
            "t{{i:0000}}":{"dtype":"U8","shape":[1],"data_offsets":[{{i}},{{i + 1}}]}
            """);
        var metadata = Enumerable.Range(0, 300).Select(i => $"\"m{i:000}\":\"{(i == 0 ? new string('x', 5000) : "v")}\"");
        string json = $"{{\"__metadata__\":{{{string.Join(',', metadata)}}},{string.Join(',', tensors)}}}";
        byte[] header = System.Text.Encoding.ASCII.GetBytes(json);
        File.WriteAllBytes(folder["many.safetensors"], [.. BitConverter.GetBytes((long)header.Length), .. header, .. new byte[2500]]);

        string shown = (await RadaptProcess.Run(folder.Path, "inspect", "many.safetensors")).Expect(0).Output;
        Assert.InRange(shown.Split('\n').Length, 2200, 2230);
        Assert.InRange(shown.Split('\n').Max(l => l.Length), 1000, 1010); // the long value is cut
        Assert.All(
            ["t1999", "and 500 more tensors; --all lists them", "m199", "and 100 more entries of metadata; --all", "Tensors: 2500,"],
            t => Assert.Contains(t, shown, StringComparison.Ordinal));
        Assert.All(["t2000", "m200"], t => Assert.DoesNotContain(t, shown, StringComparison.Ordinal));
        string all = (await RadaptProcess.Run(folder.Path, "inspect", "many.safetensors", "--all")).Expect(0).Output;
        Assert.All(["t2499", "m299"], t => Assert.Contains(t, all, StringComparison.Ordinal));
        Assert.DoesNotContain("--all lists them", all, StringComparison.Ordinal);
    }

    [Fact] // WORKFLOW E
    public async Task Inspect_Run_SaysHowToStartFromItAndShowsLettersAsTheyAre()
    {
        using var folder = new TemporaryFolder();
        PhantomSet.Write(
            folder["made"], new PhantomOptions { Count = 40, Size = 16, Seed = 1, Masks = false },
            cancellation: TestContext.Current.CancellationToken);
        string table = folder["made/labels.csv"];
        File.WriteAllText(table, File.ReadAllText(table).Replace("Effusion", "Ergu\u00DF", StringComparison.Ordinal));
        string[] line = [.. tiny.FineTune("run", "--allow-rare-findings", "--findings", "Ergu\u00DF")];
        line[2] = "made";
        line[Array.IndexOf(line, "--epochs") + 1] = "1";
        RadaptResult run = (await RadaptProcess.Run(folder.Path, line)).Expect(0);
        Assert.Contains("(1 epoch)", run.Output, StringComparison.Ordinal);
        string shown = (await RadaptProcess.Run(folder.Path, "inspect", "run")).Expect(0).Output;
        Assert.Contains("findings: [\"Ergu\u00DF\"]", shown, StringComparison.Ordinal);
        Assert.Contains("; --weights run starts from its base weights with the adapter merged", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("cannot start from it", shown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Inspect_DialectThatTheFileIsNotIn_OneLine()
    {
        string adapter = Path.Combine(tiny.Run, "adapter.safetensors");
        RadaptResult refused = (await RadaptProcess.Run(tiny.Folder, "inspect", adapter, "--dialect", "dinov2")).Expect(2);
        Assert.Contains("--dialect dinov2: the tensors of", refused.ErrorLine, StringComparison.Ordinal);
    }
}
