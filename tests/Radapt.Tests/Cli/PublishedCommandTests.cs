using System.Globalization;
using System.Text.Json.Nodes;
using Radapt.Datasets;
using Radapt.Imaging;
using Radapt.Metrics;
using Radapt.TestData.Dicom;

namespace Radapt.Tests.Cli;

/// <summary>Whole commands on folders of the published structure, which hold phantoms.</summary>
[Collection(WholeCommands.Name)]
public sealed class PublishedCommandTests(TinyRun tiny)
{
    private static readonly string[] s_splits = ["train", "val", "test"];

    [Fact]
    public async Task Nih_OfficialLists_AreFineTunedEvaluatedAndReproduced()
    {
        using var folder = new TemporaryFolder();
        WriteNih(folder["NIH"]);
        RadaptResult tuned = await FineTune(folder, "nih:NIH", "run", "--findings", "Effusion,Cardiomegaly");
        Assert.Equal(12, (int)tuned.Json["data"]!["test"]!);
        string recipe = File.ReadAllText(folder["run/recipe.yaml"]);
        Assert.Contains("split-name: {value: official, source: default, reason: 'the official lists", recipe, StringComparison.Ordinal);
        Assert.Contains("split-seed: {value: 0, source: default, reason: the same split for every --seed}", recipe,
            StringComparison.Ordinal);
        Assert.Contains("was drawn, by patient", tuned.Error, StringComparison.Ordinal);
        Assert.True(File.Exists(folder["NIH/.radapt-key"]));
        Assert.DoesNotContain("00000001_", File.ReadAllText(folder["run/predictions.csv"]), StringComparison.Ordinal);

        RadaptResult evaluated = (await RadaptProcess.Run(folder.Path, "evaluate", "run", "--json")).Expect(0);
        Assert.True(JsonNode.DeepEquals(tuned.Json["test"]!["auroc"], evaluated.Json["auroc"]));
        RadaptResult given = (await RadaptProcess.Run(folder.Path, "evaluate", "run", "--data", "nih:NIH", "--json")).Expect(0);
        Assert.True(JsonNode.DeepEquals(tuned.Json["test"]!["auroc"], given.Json["auroc"]));
        RadaptResult all =
            (await RadaptProcess.Run(folder.Path, "evaluate", "run", "--data", "nih:NIH", "--split", "all", "--json")).Expect(0);
        Assert.Equal(60, (int)all.Json["images"]!);

        (await RadaptProcess.Run(folder.Path, "finetune", "--recipe", "run/recipe.yaml", "--out", "again")).Expect(0);
        Assert.Equal(File.ReadAllBytes(folder["run/adapter.safetensors"]), File.ReadAllBytes(folder["again/adapter.safetensors"]));
    }

    [Fact]
    public async Task Nih_PaperLists_GiveTheLabelFraction()
    {
        using var folder = new TemporaryFolder();
        WriteNih(folder["NIH"]);
        string[] rows = [.. Phantoms("train").Index().Select(p => $"{NihName(p.Item, p.Index)} {string.Join(' ', Nih(p.Item))}")];
        Directory.CreateDirectory(folder["NIH/splits"]);
        File.WriteAllLines(folder["NIH/splits/train_10.txt"], rows.Take(20));
        File.WriteAllLines(folder["NIH/splits/val_list.txt"], Phantoms("val").Index()
            .Select(p => $"{NihName(p.Item, p.Index)} {string.Join(' ', Nih(p.Item))}"));
        RadaptResult tuned = await FineTune(folder, "nih:NIH", "run", "--findings", "Cardiomegaly,Effusion", "--label-fraction", "10%",
            "--allow-rare-findings");
        Assert.Equal((20, 0), ((int)tuned.Json["data"]!["train"]!, (int)tuned.Json["data"]!["test"]!));
        Assert.Contains("Label fraction 10%: the paper's list train_10.txt, 20 training images.", tuned.Error, StringComparison.Ordinal);
        RadaptResult evaluated = (await RadaptProcess.Run(folder.Path, "evaluate", "run", "--split", "val", "--json")).Expect(0);
        Assert.True(JsonNode.DeepEquals(tuned.Json["val"]!["auroc"], evaluated.Json["auroc"]));
    }

    [Fact]
    public async Task CheXpert_Tables_GiveFiguresByImageAndByStudy()
    {
        using var folder = new TemporaryFolder();
        WriteCheXpert(folder["data/CheXpert-v1.0-small"]);
        RadaptResult tuned = await FineTune(folder, "chexpert:data", "run", "--findings", "Pleural Effusion,Cardiomegaly", "--uncertainty",
            "zeros,Cardiomegaly=ignore");
        Assert.Contains("uncertainty: {value: [zeros, Cardiomegaly=ignore], source: command line}",
            File.ReadAllText(folder["run/recipe.yaml"]), StringComparison.Ordinal);
        Assert.Contains("By study (", tuned.Error, StringComparison.Ordinal);
        JsonObject run = JsonNode.Parse(File.ReadAllText(folder["run/run.json"]))!.AsObject();
        Assert.True(JsonNode.DeepEquals(run["test"]!["study"], tuned.Json["test"]!["study"]));

        JsonNode study = tuned.Json["test"]!["study"]!;
        Assert.True((study["auroc_interval"]?["Pleural Effusion"] ?? study["no_interval"]?["Pleural Effusion"]) is not null);
        RadaptResult bySex = (await RadaptProcess.Run(folder.Path, "evaluate", "run", "--json", "--subgroup", "Frontal/Lateral")).Expect(0);
        Assert.Equal("Frontal/Lateral", (string)bySex.Json["subgroups"]!["column"]!);

        // Worked out from the predictions that evaluation writes under the table's names.
        RadaptResult evaluated = (await RadaptProcess.Run(folder.Path, "evaluate", "run", "--json", "--predictions", "p.csv")).Expect(0);
        Assert.True(JsonNode.DeepEquals(tuned.Json["test"]!["study"], evaluated.Json["study"]));
        string[][] rows = [.. File.ReadAllLines(folder["p.csv"]).Skip(1).Select(l => l.Split(','))];
        var studies = rows.GroupBy(r => Path.GetDirectoryName(r[0])!).ToList();
        Assert.True(studies.Count < rows.Length);
        Assert.Equal(studies.Count, (int)evaluated.Json["study"]!["studies"]!);
        double? auroc = MultiLabelMetrics.Compute(
            ["e"], [.. studies.Select(s => s.Max(r => sbyte.Parse(r[2], CultureInfo.InvariantCulture)))],
                [.. studies.Select(s => s.Max(r => float.Parse(r[1], CultureInfo.InvariantCulture)))]).MeanAuroc;
        Assert.Equal(auroc!.Value, (double)evaluated.Json["study"]!["auroc"]!["Pleural Effusion"]!, 1e-12);
    }

    [Fact]
    public async Task Rsna_DicomFiles_AreScaledByTheirMaximum()
    {
        using var folder = new TemporaryFolder();
        WriteRsna(folder["rsna"]);
        await FineTune(folder, "rsna:rsna", "run", "--allow-rare-findings");
        Assert.Contains("dicom-scale: {value: max, source: default, reason: the paper's for RSNA}",
            File.ReadAllText(folder["run/recipe.yaml"]), StringComparison.Ordinal);
        RadaptResult preview =
            (await RadaptProcess.Run(folder.Path, "data", "preview", "--data", "rsna:rsna", "--image-size", "16", "--out", "sheet.png",
                "--images", "2", "--json")).Expect(0);
        Assert.Equal(2, preview.Json["rows"]!.AsArray().Count);
    }

    [Fact]
    public async Task Covid_RealImages_AreFineTuned()
    {
        string data = Repository.RealData("covid-cxr");
        using var folder = new TemporaryFolder();
        RadaptResult tuned = await FineTune(folder, "covid:" + data, "run", "--split-name", "covid3", "--key", folder["key"]);
        Assert.Equal((178, 21, 53), ((int)tuned.Json["data"]!["train"]!, (int)tuned.Json["data"]!["val"]!,
            (int)tuned.Json["data"]!["test"]!));
        Assert.NotNull(tuned.Json["test"]!["auroc"]!["COVID-19"]);
    }

    [Theory]
    [InlineData("finetune --data nih:data --from-scratch --backbone vit_tiny_patch16_224", "nih:",
        "is not ChestX-ray14 of the NIH: expected Data_Entry_2017*.csv")]
    [InlineData("finetune --data covid:nowhere --from-scratch --backbone vit_tiny_patch16_224", "covid:", "there is no such folder")]
    [InlineData("finetune --data rsna:data --uncertainty some --from-scratch --backbone vit_tiny_patch16_224", "--uncertainty",
        "--uncertainty must be ignore, zeros, ones, paper")]
    [InlineData("data preview --data chexpert:data", "chexpert:", "is not CheXpert: expected train.csv and valid.csv")]
    [InlineData("predict run nih:data -o out.csv", "nih:data", "is a labelled data set")]
    public async Task Command_FolderThatIsNone_SaysSoInOneLine(string line, params string[] parts)
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["data"]);
        RadaptResult result = (await RadaptProcess.Run(folder.Path, line.Split(' '))).Expect(2);
        Assert.All(parts, part => Assert.Contains(part, result.ErrorLine, StringComparison.Ordinal));
    }

    private async Task<RadaptResult> FineTune(TemporaryFolder folder, string data, string run, params string[] more)
    {
        string[] line = [.. tiny.FineTune(run, ["--json", "--warmup-epochs", "0", .. more]).Where(a => a != "--plain-names")];
        line[2] = data;
        line[Array.IndexOf(line, "--epochs") + 1] = "1";
        return (await RadaptProcess.Run(folder.Path, line)).Expect(0);
    }

    private LabelledImage[] Phantoms(string split) => [.. DataReader.ReadOne(tiny.Data, new DataOptions
    {
        Findings = ["Effusion", "Cardiomegaly"],
    }, split).Items];

    // "P000012" is patient 12.
    private static int Patient(LabelledImage image) => int.Parse(image.Patient!.AsSpan(1), CultureInfo.InvariantCulture);

    private static string NihName(LabelledImage image, int index) => $"{Patient(image):D8}_{index:D3}.png";

    // In the order of the paper's lists.
    private static IEnumerable<int> Nih(LabelledImage image) =>
        Enumerable.Range(0, 14).Select(f => f == 1 ? image.Labels[1] : f == 2 ? image.Labels[0] : 0);

    private void WriteNih(string folder)
    {
        var table = new List<string> { "Image Index,Finding Labels,Follow-up #,Patient ID,Patient Age,Patient Sex,View Position" };
        var lists = new Dictionary<string, List<string>> { ["train_val_list.txt"] = [], ["test_list.txt"] = [] };
        foreach (string split in s_splits)
        {
            foreach ((int i, LabelledImage image) in Phantoms(split).Index())
            {
                string name = NihName(image, i);
                string findings = string.Join('|', new[] { "Effusion", "Cardiomegaly" }.Where((_, f) => image.Labels[f] == 1));
                table.Add($"{name},{(findings.Length > 0 ? findings : "No Finding")},{i},{Patient(image)},60,M,PA");
                lists[split == "test" ? "test_list.txt" : "train_val_list.txt"].Add(name);
                Copy(image, Path.Combine(folder, $"images_{1 + (i % 12):D3}", "images", name));
            }
        }

        File.WriteAllLines(Path.Combine(folder, "Data_Entry_2017_v2020.csv"), table);
        foreach ((string file, List<string> names) in lists)
        {
            File.WriteAllLines(Path.Combine(folder, file), names);
        }
    }

    // A study a patient; every tenth heart in train is uncertain.
    private void WriteCheXpert(string folder)
    {
        foreach ((string split, string name) in s_splits.Zip(["train", "valid", "test"]))
        {
            var table = new List<string> { "Path,Sex,Age,Frontal/Lateral,AP/PA,Cardiomegaly,Pleural Effusion" };
            foreach ((int i, LabelledImage image) in Phantoms(split).Index())
            {
                string path = $"{name}/patient{Patient(image):D5}/study1/view{i + 1}_frontal.jpg";
                string heart = split == "train" && i % 10 == 0 ? "-1.0" : $"{image.Labels[1]}.0";
                table.Add($"CheXpert-v1.0-small/{path},Male,60,Frontal,AP,{heart},{image.Labels[0]}.0");
                Copy(image, Path.Combine(folder, path));
            }

            File.WriteAllLines(Path.Combine(folder, name + ".csv"), table);
        }
    }

    private void WriteRsna(string folder)
    {
        var table = new List<string> { "patientId,x,y,width,height,Target" };
        Directory.CreateDirectory(Path.Combine(folder, "stage_2_train_images"));
        foreach ((int i, LabelledImage image) in s_splits.SelectMany(Phantoms).Index())
        {
            Radiograph picture = RadiographReader.Read(image.Path);
            File.WriteAllBytes(Path.Combine(folder, "stage_2_train_images", $"id{i}.dcm"),
                DicomPhantom.Draw(picture.Pixels, picture.Width, 8).ToFile("explicit"));
            // two boxes, or none
            table.AddRange(Enumerable.Repeat(image.Labels[0] == 1 ? $"id{i},1,2,3,4,1" : $"id{i},,,,,0", image.Labels[0] + 1));
        }

        File.WriteAllLines(Path.Combine(folder, "stage_2_train_labels.csv"), table);
    }

    private static void Copy(LabelledImage image, string to)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(to)!);
        File.Copy(image.Path, to);
    }
}
