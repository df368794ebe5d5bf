using Radapt.Adaptation.Lora;
using Radapt.Datasets;
using Radapt.Studies.Soup;
using Radapt.Tests.Adaptation;

namespace Radapt.Tests.Studies.Soup;

public sealed class SoupIngredientTests : IDisposable
{
    private readonly SavedAdapter _saved = new();
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void RequireFit_ARunThatLearnedFromPatientsOfTheValidationImages_IsRefused()
    {
        SoupIngredient first = Run("a", train: "ann", val: "ben");
        SoupIngredient.RequireFit([first, Run("b", train: "cleo", val: "ben")]);
        RadaptException e = Assert.Throws<RadaptException>(() => SoupIngredient.RequireFit([first, Run("c", train: "ben", val: "ben")]));
        Assert.StartsWith($"{_folder["c"]}: has learned from 1 validation image", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("ben", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void RequireFit_OtherValidationImages_AreRefused()
    {
        RadaptException e = Assert.Throws<RadaptException>(
            () => SoupIngredient.RequireFit([Run("a", train: "ann", val: "ben"), Run("b", train: "ann", val: "cleo")]));
        Assert.Contains("validation images are not those of", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void RequireFit_MoreLoraThanTheBackboneIsWide_IsRefused()
    {
        SoupIngredient run = Run("a", train: "ann", val: "ben");
        run = run with { Adapter = run.Adapter with { Method = new LoraOptions { Rank = 40 } } }; // of a width of 64
        RadaptException e = Assert.Throws<RadaptException>(
            () => SoupIngredient.RequireFit([run, run with { Run = _folder["b"] }]));
        Assert.Contains("2 times their rank", e.Message, StringComparison.Ordinal);
        Assert.Contains("fewer runs", e.Message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _saved.Dispose();
        _folder.Dispose();
    }

    private SoupIngredient Run(string name, string train, string val)
    {
        return new SoupIngredient(_folder[name], _saved.Description, new DataOptions(),
            new DataSplits(Images("t.png", train), Images($"{val}.png", val), null, []));

        LabelledImages Images(string file, string patient)
        {
            File.WriteAllText(_folder[file], "");
            return new LabelledImages(_saved.Description.Findings, [new LabelledImage(file, _folder[file], patient, [1, 0])]);
        }
    }
}
