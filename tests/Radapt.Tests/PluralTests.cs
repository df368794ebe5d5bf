namespace Radapt.Tests;

public sealed class PluralTests
{
    [Theory] // WORKFLOW E
    [InlineData(0, "0 epochs")]
    [InlineData(1, "1 epoch")]
    [InlineData(1200, "1,200 epochs")]
    public void Count_Number_HasItsForm(int number, string expected) => Assert.Equal(expected, Plural.Count(number, "epoch"));

    [Fact]
    public void Count_NounOfAnotherPlural_UsesIt() => Assert.Equal("2 studies", Plural.Count(2, "study", "studies"));
}
