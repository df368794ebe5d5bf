using Radapt.Adaptation;
using Radapt.Adaptation.Files;
using Radapt.Options;

namespace Radapt.Tests.Adaptation.Files;

public class MethodMetadataTests
{
    [Fact]
    public void Read_MetadataOfAnOlderVersion_YoungOptionsAreAsTheyWereThen()
    {
        var metadata = new Dictionary<string, string> { ["size"] = "3" };
        var read = Assert.IsType<GrownOptions>(MethodMetadata.Read(new GrownMethod(), metadata));
        Assert.Equal((3, 0.5, false), (read.Size, read.Strength, read.Mirrored));
        Assert.Empty(read.Places);
        Assert.Throws<KeyNotFoundException>(() => MethodMetadata.Read(new GrownMethod(), new Dictionary<string, string>()));
    }

    [Fact]
    public void Write_EveryMethodsDefaults_ReadBackTheSame() => Assert.All(AdaptationMethod.All, method =>
    {
        var metadata = new Dictionary<string, string>();
        MethodMetadata.Write(method.Defaults, metadata);
        Assert.Equal(method.Options.Select(o => o.StoredAs).Order(), metadata.Keys.Order());
        Assert.Equivalent(method.Defaults, MethodMetadata.Read(method, metadata), strict: true);
    });

    private sealed record GrownOptions() : MethodOptions("grown")
    {
        [Option("size", "Old.")]
        public int Size { get; init; } = 1;

        [Option("strength", "Young.", WhenNotStored = "0.5")]
        public double Strength { get; init; } = 2;

        [Option("mirrored", "Young.")]
        public bool Mirrored { get; init; } = true;

        [Option("places", "Young.")]
        public IReadOnlyList<int> Places { get; init; } = [1];
    }

    private sealed class GrownMethod : AdaptationMethod<GrownOptions>
    {
        public override MethodRates Rates { get; } = new(1, "", 1, "");
    }
}
