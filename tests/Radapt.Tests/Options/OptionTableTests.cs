using System.Text.Json.Serialization;
using Radapt.Options;

namespace Radapt.Tests.Options;

public class OptionTableTests
{
    private static readonly OptionTable s_table = OptionTable.For(typeof(Derived));

    [Fact]
    public void Options_DeclaredOnes_ComeInTheirOrderDerivedFirst_AndOneThatIsTurnedIntoAnotherBehindIt() =>
        Assert.Equal(["count", "base-count", "speed", "names", "size", "mirror", "folder"], s_table.Options.Select(o => o.Name));

    [Fact]
    public void Create_Values_FillTheSection_AndTheRestHasItsInitialisers()
    {
        var made = (Derived)s_table.Create(new Dictionary<string, object?>
        {
            ["count"] = 3,
            ["size"] = null,
            ["names"] = new[] { "a", "b" },
            ["of-another-section"] = 1,
        });
        Assert.Equal((3, Speed.VeryFast, null, true, null), (made.Count, made.Speed, made.Size, made.Mirror, made.Folder));
        Assert.Equal(["a", "b"], made.Names);
    }

    [Fact]
    public void Create_RequiredValueMissing_IsAFaultOfTheCaller() =>
        Assert.Equal("count is not decided.",
            Assert.Throws<InvalidOperationException>(() => s_table.Create(new Dictionary<string, object?>())).Message);

    [Theory]
    [InlineData("count", "7", "7")]
    [InlineData("speed", "very-fast", "very-fast")]
    [InlineData("speed", "turtle", "turtle")]
    [InlineData("size", "12", "12")]
    [InlineData("size", "all", "all")]
    [InlineData("size", "auto", "auto")]
    [InlineData("mirror", "off", "off")]
    [InlineData("names", "a,b", "a,b")]
    [InlineData("names", "", "")]
    public void Parse_Text_IsFormattedToTheSame(string name, string text, string expected)
    {
        OptionDeclaration option = s_table.Options.Single(o => o.Name == name);
        Assert.Equal(expected, option.Format(option.Parse(text, name)));
    }

    [Theory]
    [InlineData("count", "0", "count must be at least 1 and at most 9, not '0'.")]
    [InlineData("size", "0", "size must be auto, all or a whole number of at least 1, not '0'.")]
    [InlineData("speed", "fast", "speed must be one of turtle, very-fast, not 'fast'.")]
    [InlineData("mirror", "true", "mirror must be one of on, off, not 'true'.")]
    [InlineData("names", "b,b", "names: b is given twice.")]
    [InlineData("names", "x", "names must be anything but x, not 'x'.")]
    public void Parse_NoValue_SaysWhatIsExpected(string name, string text, string message) =>
        Assert.Equal(message, Assert.Throws<RadaptException>(() => s_table.Options.Single(o => o.Name == name).Parse(text, name)).Message);

    [Fact]
    public void Help_Declaration_SaysChoicesAndDefault()
    {
        string Help(string name) => s_table.Options.Single(o => o.Name == name).Help;
        Assert.Equal("How fast. One of turtle, very-fast. Default: very-fast.", Help("speed"));
        Assert.Equal("How many. Default: three.", Help("count"));
        Assert.Equal("How large. Only with turtle. Default: all.", Help("size"));
        Assert.Equal("Where.", Help("folder"));
    }

    private enum Speed
    {
        [JsonStringEnumMemberName("turtle")]
        Slow,
        VeryFast,
    }

    private abstract record Base
    {
        [Option("size", "How large.", Min = 1, CanBeAuto = true, NullWord = "all", OnlyWith = "speed turtle")]
        public int? Size { get; init; }

        [Option("mirror", "Mirrored.", True = "on", False = "off")]
        public bool Mirror { get; init; } = true;

        [Option("folder", "Where.", IsPath = true)]
        public string? Folder { get; init; }
    }

    private sealed record Derived : Base
    {
        [Option("count", "How many.", Min = 1, Max = 9, Default = "three")]
        public required int Count { get; init; }

        [Option("speed", "How fast.")]
        public Speed Speed { get; init; } = Speed.VeryFast;

        [Option("names", "Whose.", Check = nameof(Unmet))]
        public IReadOnlyList<string> Names { get; init; } = [];

        [Option("base-count", "A tenth.", Excludes = ["count"])]
        public static int FromTenth(double tenth) => (int)(10 * tenth);

        internal static string? Unmet(string name) => name == "x" ? "anything but x" : null;
    }
}
