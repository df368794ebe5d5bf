using CsCheck;
using Radapt.Adaptation;
using Radapt.Adaptation.Lora;
using Radapt.Datasets.Splits;
using Radapt.Options;
using Radapt.Recipes;
using static Radapt.Tests.Recipes.RecipeTesting;

namespace Radapt.Tests.Recipes;

public class RecipeFileTests
{
    // Texts that YAML could take for something else, quote wrongly or break over lines.
    private static readonly string[] s_awkward =
    [
        "null", "~", "true", "1e3", "- a", "a: b", "a #b", "'quoted'", "\"double\"", "{x}", "[y]", "*z", "&z", "!t", "%d", "@at",
            "back\\slash", "tab\there", "two\nlines",
        "trailing:", "ümlaut", "\U0001fac1", "?", "|", ">", "---", "...", "a\u0085b", "C:\\data\\x.csv", "\u2028",
    ];

    private static readonly Gen<string> s_text = Gen.OneOf(
        Gen.OneOf(s_awkward), Gen.String[Gen.Char.AlphaNumeric, 1, 20], Gen.String[Gen.Char[' ', '\u00ff'], 1, 20].Select(s => $"x{s}x"));

    // A run that began before there was a choice of weights goes on as it was: its state has no average.
    [Fact]
    public void ReadBegun_RecipeOfAnOlderVersion_HasNoneOfTodaysDefaults()
    {
        using var folder = new TemporaryFolder();
        string now = "data: x.csv\nselect: average\nbaseline: on\n";
        File.WriteAllText(folder["now.yaml"], now);
        Assert.Equal(["average", "on"], Texts(RecipeFile.ReadBegun(folder["now.yaml"])));
        File.WriteAllText(folder["older.yaml"], "data: x.csv\n");
        RecipeLayer older = RecipeFile.ReadBegun(folder["older.yaml"]);
        Assert.Equal(["best", "off"], Texts(older));
        Assert.Equal(3, older.Entries.Count()); // nothing of a method

        static IEnumerable<string> Texts(RecipeLayer layer) => new[] { "select", "baseline" }.Select(n => layer.Find(n)!.Text);
    }

    [Fact]
    public void WrittenRecipe_ReadBack_IsTheSame_AndWritesTheSameFile()
    {
        using var folder = new TemporaryFolder();
        RandomRun().Sample(line =>
        {
            ResolvedRecipe first = Resolve(new RecipeLayer(line));
            RecipeFile.Write(first, folder["a.yaml"]);
            ResolvedRecipe second = RecipeResolver.Resolve([RecipeFile.Read(folder["a.yaml"])], Facts with
            {
                TrainingImages = 5000,
                PhysicalCores = 64,
            });
            AssertSame(first.Recipe, second.Recipe);
            RecipeFile.Write(second, folder["b.yaml"]);
            Assert.Equal(File.ReadAllText(folder["a.yaml"]), File.ReadAllText(folder["b.yaml"]));
        }, iter: 300, threads: 1);
        Assert.Equal(2, Directory.GetFiles(folder.Path).Length); // no temporary file stays
    }

    [Fact]
    public void WrittenRecipe_ReadsWell()
    {
        string text = RecipeWriter.Write(Resolve(Run("--rank 8 --findings Edema,Pleural_Effusion"), Yaml("seed: 7")));
        Assert.Contains("\n# ---- method ----\n", text, StringComparison.Ordinal);
        Assert.Contains("\nrank: {value: 8, source: command line}\n", text, StringComparison.Ordinal);
        Assert.Contains("\nfindings: {value: [Edema, Pleural_Effusion], source: command line}\n", text, StringComparison.Ordinal);
        Assert.Contains("\nalpha: {value: 32, source: default, reason: the paper's at every rank}\n", text, StringComparison.Ordinal);
        Assert.Contains("\nseed: {value: 7, source: recipe my.yaml}\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_EveryFormOfAValue()
    {
        var partial = PartialRecipe.Merge([Yaml("""
            # a comment
            lora-dropout: 0.1
            rank: {value: 16, reason: "more labels"}
            lora-targets: [q, k, v]
            findings:
              - Pleural Effusion
              - "Mass, left"
            keep-classes: 0, 1
            label-fraction: 1%
            allow-overlap: true
            """)]);
        LoraOptions lora = Assert.IsType<LoraOptions>(partial.Method);
        Assert.Equal((0.1, 16, LabelFraction.FromShare(0.01), true),
            (lora.Dropout, lora.Rank, partial.Data.LabelFraction, partial.Data.AllowOverlap));
        Assert.Equal(["q", "k", "v"], lora.Targets);
        Assert.Equal(["Pleural Effusion", "Mass, left"], partial.Data.Findings);
        Assert.Equal([0, 1], partial.Data.KeepClasses);
    }

    [Theory]
    [InlineData("")]
    [InlineData("# nothing but a comment\n")]
    [InlineData("---\n")]
    public void Read_NothingGiven_IsAnEmptyLayer(string text) => Assert.Empty(Yaml(text).Entries);

    [Theory]
    [InlineData("rank: 4\nlora-dropot: 0.1", "my.yaml:2: lora-dropot is not an option of a recipe; did you mean lora-dropout?")]
    [InlineData("rank: four", "my.yaml:1: rank must be a whole number, not 'four'.")]
    [InlineData("rank: 4\nrank: 8", "my.yaml:2: rank is given twice.")]
    [InlineData("rank:", "my.yaml:1: rank has no value")]
    [InlineData("rank: [4]", "my.yaml:1: rank takes one value, not a list.")]
    [InlineData("rank: {source: ours}", "my.yaml:1: rank has no value.")]
    [InlineData("rank: {value: 4, unit: px}", "my.yaml:1: rank: 'unit' is not value, source or reason")]
    [InlineData("lora:\n  rank: 4", "my.yaml:1: lora is not an option of a recipe")]
    [InlineData("rank: {value: {value: 4}}", "my.yaml:1: a single value belongs here.")]
    [InlineData("lora-targets: [[q]]", "my.yaml:1: a single value belongs here.")]
    [InlineData("rank: !!int 4", "my.yaml:1: tags (!name) and anchors (&name) are not read")]
    [InlineData("rank: !<System.Diagnostics.Process> 4", "my.yaml:1: tags (!name)")]
    [InlineData("findings: &a [x]", "my.yaml:1: tags (!name) and anchors (&name)")]
    [InlineData("findings: *a", "my.yaml:1: ")]
    [InlineData("- rank", "my.yaml:1: a recipe is a list of lines such as 'rank: 4'.")]
    [InlineData("just text", "my.yaml:1: a recipe is a list of lines such as 'rank: 4'.")]
    [InlineData("rank: 4\n---\nrank: 8", "my.yaml:2: a recipe is one YAML document.")]
    [InlineData("rank: 4\nalpha: \"x", "my.yaml:2: this is not valid YAML")]
    [InlineData("rank: 4\n\tdepth: 2", "my.yaml:1: this is not valid YAML")]
    [InlineData("rank: \"4", "my.yaml:1: this is not valid YAML")]
    [InlineData("!!&z6vVX[", "my.yaml: this is not valid YAML")]
    public void Read_WhatIsNoRecipe_NamesFileAndLine(string text, string message) =>
        Assert.StartsWith(message, Error(() => Yaml(text)), StringComparison.Ordinal);

    [Fact]
    public void Read_HostileFiles_AreRefusedAtOnce()
    {
        Assert.Contains("larger than 256 KiB", Error(() => Yaml(new string('#', 300_000))), StringComparison.Ordinal);
        Assert.NotEmpty(Error(() => Yaml("findings: " + new string('[', 100_000))));
        Assert.NotEmpty(Error(() => Yaml(string.Concat(Enumerable.Repeat("? ", 50_000)))));
        Assert.Contains("not UTF-8", Error(() => RecipeReader.Read(new MemoryStream([0x72, 0xff, 0xfe]), "my.yaml")),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Read_AnyBytes_EitherARecipeOrOneLine() =>
        Gen.OneOf(Gen.String, Gen.OneOf(s_awkward).Array[1, 8].Select(a => string.Join("\n", a))).Sample(text =>
    {
        try
        {
            Yaml(text);
        }
        catch (RadaptException)
        {
        }
    }, iter: 2000);

    [Fact]
    public void Open_FileBeforeBuiltIn_AndAnUnknownNameListsThem()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["mine.yaml"], "rank: 3");
        Assert.Equal(3, RecipeFile.Open(folder["mine.yaml"]).Find("rank")!.Value);
        Assert.Equal(4, RecipeFile.Open("mrm-nih-1-lora").Find("rank")!.Value);
        Assert.Equal("recipe mrm-nih-1-lora", RecipeFile.Open("mrm-nih-1-lora.yaml").Find("rank")!.Origin);
        Assert.EndsWith(string.Join(", ", RecipeFile.BuiltIn)
            + ".", Error(() => RecipeFile.Open("nothing-like-it")), StringComparison.Ordinal);
        Assert.Contains("cannot be written", Error(() => RecipeFile.Write(Resolve(Run()), folder["no/such/folder.yaml"])),
            StringComparison.Ordinal);
    }

    private static Gen<List<RecipeEntry>> RandomRun()
    {
        string[] bound = ["data", "train", "val", "test", "cache-size", "weights", "from-scratch", "backbone", "image-size", "patch-size",
            "depth", "width", "heads", "registers", "layer-scale", "positions", "ffn", "hidden-width", "resize", "augment",
            "base-lr", "min-lr", "warmup-epochs", "batch-size", "accumulate", "lora-blocks", "lora-ranks", "lora-targets", "initial-rank",
                "target-rank", "tfinal", "last-k", "pos-weight", "validate-every", "validate-images", "skip-unreadable", "uncertainty",
                "values",
                    "views", "folds", "fold", "select", "method", "optimizer", "class-column", "class-labels"];
        OptionDeclaration[] free = [.. RecipeOptions.All.Where(o => !bound.Contains(o.Name))];
        return
            from method in Gen.OneOf([.. AdaptationMethod.Names])
            from optimizer in Gen.OneOf("sgd", "adamw")
            from lists in Gen.Bool
            from paths in s_text.Array[4]
            from taken in Gen.Bool.Array[free.Length]
            from values in Gen.Select(s_text.Array[1, 5], Gen.Double[0, 1], Gen.Int[1, 40], Gen.Bool).Array[free.Length]
            from rate in Gen.OneOf("lr", "base-lr")
            from lr in Gen.Double[1e-5, 10]
            select Entries(method, optimizer, lists, paths,
                [.. free.Zip(taken, values)
                    .Where(f => f.Second && f.First.BelongsTo(f.First.OnlyWith?.Option == "method" ? method : optimizer))
                    .Select(f => (f.First, f.Third))], rate, lr);
    }

    private static List<RecipeEntry> Entries(
        string method, string optimizer, bool lists, string[] paths, (OptionDeclaration Option, (string[] Texts, double Number, int Integer,
            bool Flag) Value)[] free, string rate, double lr)
    {
        var entries = new List<RecipeEntry>();
        void Add(string name, string text) => AddValue(name, RecipeOptions.Find(name)!.Parse(text, name));
        void AddValue(string name, object? value) =>
            entries.Add(new RecipeEntry(RecipeOptions.Find(name)!, value, "command line", $"--{name}"));
        Add("method", method);
        Add("optimizer", optimizer);
        AddValue("weights", paths[0]);
        AddValue(lists ? "train" : "data", paths[1]);
        if (lists)
        {
            AddValue("val", paths[2]);
            AddValue("test", paths[3]);
        }

        AddValue(rate, lr);
        foreach ((OptionDeclaration option, var value) in free.Where(f => f.Option.Name != "lr"))
        {
            AddValue(option.Name, Random(option, value));
        }

        return entries;
    }

    private static object? Random(OptionDeclaration option, (string[] Texts, double Number, int Integer, bool Flag) value) =>
        option.Type == typeof(int) ? option.IsList ? new[] { value.Integer, 0 }
            : Math.Clamp(value.Integer, (int)Math.Max(option.Min, 0), (int)Math.Min(option.Max, 40))
        : option.Type == typeof(long) ? (long)value.Integer
        : option.Type == typeof(double) ? (value.Number / 2) + 0.001
        : option.Type == typeof(LabelFraction) ? Fraction(value.Integer, (value.Number / 2) + 0.001)
        : option.IsFlag ? value.Flag
        : option.IsList ? value.Texts.Distinct().ToArray()
        : option.Choices.Count > 0 ? option.Parse(option.Choices[value.Integer % option.Choices.Count], option.Name)
        : value.Texts[0];

    private static LabelFraction Fraction(int number, double share) => (number % 3) switch
    {
        0 => LabelFraction.FromShare(share),
        1 => LabelFraction.FromImages(number + 1),
        _ => LabelFraction.PerFinding(number),
    };
}
